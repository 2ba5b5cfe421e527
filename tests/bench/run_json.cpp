#include <boost/json.hpp>

#include "bench/json.hpp"
#include "bench/run.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;

// [from, to, from, to ...], in tenths of a millisecond: a picture needs no more.
json::array flat(const std::vector<Span>& spans) {
  json::array numbers;
  for (const Span& span : spans) {
    numbers.push_back(tenths(span.from));
    numbers.push_back(tenths(span.to));
  }
  return numbers;
}

std::vector<Span> spans_from(const json::value& value) {
  std::vector<Span> spans;
  const auto& numbers = value.as_array();
  for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
    spans.push_back({numbers[i].to_number<double>(), numbers[i + 1].to_number<double>()});
  }
  return spans;
}

json::object lane_object(const Lane& lane) {
  return {{"client", lane.client},
          {"acknowledged", flat(lane.acknowledged)},
          {"lost", flat(lane.lost)},
          {"saved", flat(lane.saved)},
          {"failed", flat(lane.failed)}};
}

Lane lane_from(const json::object& object) {
  return {std::string{object.at("client").as_string()}, spans_from(object.at("acknowledged")),
          spans_from(object.at("lost")), spans_from(object.at("saved")),
          spans_from(object.at("failed"))};
}

std::string string_at(const json::object& object, const char* name) {
  return std::string{object.at(name).as_string()};
}

Run run_from(const json::object& object) {
  Run run;
  run.system = string_at(object, "system");
  run.fault = string_at(object, "fault");
  run.phase = number_at(object, "phase_ms");
  run.problem = string_at(object, "problem");
  run.longest = number_at(object, "longest_outage_ms");
  run.summed = number_at(object, "summed_outage_ms");
  run.unluckiest = number_at(object, "unluckiest_connection_ms");
  run.noise = number_at(object, "noise_ms");
  run.acknowledged = count_at(object, "acknowledged");
  run.lost = count_at(object, "lost");
  run.saved = count_at(object, "saved");
  run.errors = count_at(object, "errors");
  run.failed_connects = count_at(object, "failed_connects");
  for (const auto& [kind, count] : object.at("errors_by_kind").as_object()) {
    run.errors_by_kind[std::string{kind}] = count.to_number<std::size_t>();
  }
  run.two_masters = number_at(object, "two_masters_ms");
  run.healed = number_at(object, "healed_ms");
  run.ended = number_at(object, "ended_ms");
  if (object.contains("redundant_ms")) run.redundant = number_at(object, "redundant_ms");
  run.remark = string_at(object, "remark");
  run.machine = machine_use_from(object.at("machine").as_object());
  for (const auto& lane : object.at("lanes").as_array()) {
    run.lanes.push_back(lane_from(lane.as_object()));
  }
  for (const auto& [file, text] : object.at("settings").as_object()) {
    run.settings[std::string{file}] = std::string{text.as_string()};
  }
  return run;
}

}  // namespace

json::object to_object(const Run& run) {
  json::object object{{"system", run.system},
                      {"fault", run.fault},
                      {"phase_ms", run.phase},
                      {"problem", run.problem},
                      {"longest_outage_ms", tenths(run.longest)},
                      {"summed_outage_ms", tenths(run.summed)},
                      {"unluckiest_connection_ms", tenths(run.unluckiest)},
                      {"noise_ms", tenths(run.noise)},
                      {"acknowledged", run.acknowledged},
                      {"lost", run.lost},
                      {"saved", run.saved},
                      {"errors", run.errors},
                      {"failed_connects", run.failed_connects},
                      {"errors_by_kind", json::value_from(run.errors_by_kind)},
                      {"two_masters_ms", tenths(run.two_masters)},
                      {"healed_ms", tenths(run.healed)},
                      {"ended_ms", tenths(run.ended)},
                      {"remark", run.remark},
                      {"machine", to_object(run.machine)},
                      {"settings", json::value_from(run.settings)}};
  if (run.redundant) object["redundant_ms"] = tenths(*run.redundant);
  json::array lanes;
  for (const Lane& lane : run.lanes) lanes.push_back(lane_object(lane));
  object["lanes"] = std::move(lanes);
  return object;
}

std::string to_json(const Run& run) {
  return json::serialize(to_object(run));
}

Result<Run> run_from_json(const std::string& text) {
  try {
    return run_from(json::parse(text).as_object());
  } catch (const std::exception& error) {
    return failure("not a run: " + std::string{error.what()} + ": " + text.substr(0, 2000));
  }
}

}  // namespace redvip::bench

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

// Every plain field by the name that it has in the file.
constexpr std::pair<const char*, std::string Run::*> texts[] = {{"system", &Run::system},
                                                                {"fault", &Run::fault},
                                                                {"problem", &Run::problem},
                                                                {"remark", &Run::remark}};
constexpr std::pair<const char*, Ms Run::*> times[] = {
    {"phase_ms", &Run::phase},
    {"longest_outage_ms", &Run::longest},
    {"summed_outage_ms", &Run::summed},
    {"unluckiest_connection_ms", &Run::unluckiest},
    {"noise_ms", &Run::noise},
    {"two_masters_ms", &Run::two_masters},
    {"healed_ms", &Run::healed},
    {"ended_ms", &Run::ended},
    {"took_ms", &Run::took}};
constexpr std::pair<const char*, std::size_t Run::*> counts[] = {
    {"acknowledged", &Run::acknowledged},
    {"lost", &Run::lost},
    {"saved", &Run::saved},
    {"errors", &Run::errors},
    {"failed_connects", &Run::failed_connects}};

Run run_from(const json::object& object) {
  Run run;
  for (const auto& [name, field] : texts) run.*field = std::string{object.at(name).as_string()};
  for (const auto& [name, field] : times) run.*field = number_at(object, name);
  for (const auto& [name, field] : counts) {
    run.*field = object.at(name).to_number<std::size_t>();
  }
  for (const auto& [kind, count] : object.at("errors_by_kind").as_object()) {
    run.errors_by_kind[std::string{kind}] = count.to_number<std::size_t>();
  }
  if (object.contains("redundant_ms")) run.redundant = number_at(object, "redundant_ms");
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
  json::object object;
  for (const auto& [name, field] : texts) object[name] = run.*field;
  for (const auto& [name, field] : times) object[name] = tenths(run.*field);
  for (const auto& [name, field] : counts) object[name] = run.*field;
  object["errors_by_kind"] = json::value_from(run.errors_by_kind);
  if (run.redundant) object["redundant_ms"] = tenths(*run.redundant);
  object["machine"] = to_object(run.machine);
  object["settings"] = json::value_from(run.settings);
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

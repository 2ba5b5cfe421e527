#include "daemon/history.hpp"

#include "daemon/status_json.hpp"

namespace redvip::daemon {

namespace json = boost::json;

namespace {

// A JSON object keeps the order in which its members were written, and so do we.
template <class Value>
json::object object_of(const std::vector<std::pair<std::string, Value>>& pairs) {
  json::object object;
  for (const auto& [name, value] : pairs) object[name] = value;
  return object;
}

template <class Value>
std::vector<std::pair<std::string, Value>> pairs_of(const json::object& record,
                                                    json::string_view member) {
  std::optional<json::object> object;
  take(record, member, object);
  std::vector<std::pair<std::string, Value>> pairs;
  if (!object) return pairs;
  for (const auto& member_value : *object) {
    Value value{};
    take(*object, member_value.key(), value);
    pairs.emplace_back(std::string{member_value.key()}, std::move(value));
  }
  return pairs;
}

}  // namespace

std::string to_json_line(const HistoryRecord& record) {
  json::object object{{"time", record.time}, {"node", record.node}, {"service", record.service},
                      {"from", record.from}, {"to", record.to},     {"cause", record.cause}};
  object["inputs"] = object_of(record.inputs);
  object["phases_ms"] = object_of(record.phases_ms);
  if (record.at_most_lost) object["at_most_lost"] = *record.at_most_lost;
  if (record.diverged) object["diverged"] = *record.diverged;
  if (!record.saved_in.empty()) object["saved_in"] = record.saved_in;
  if (!record.by.empty()) object["by"] = record.by;
  if (!record.kind.empty()) object["kind"] = record.kind;
  return json::serialize(object);
}

Result<HistoryRecord> history_from_json_line(const std::string& line) {
  const auto object = parse_object(line);
  if (!object) return tl::unexpected(object.error());
  try {
    HistoryRecord record;
    take(*object, "time", record.time);
    take(*object, "node", record.node);
    take(*object, "service", record.service);
    take(*object, "from", record.from);
    take(*object, "to", record.to);
    take(*object, "cause", record.cause);
    record.inputs = pairs_of<std::string>(*object, "inputs");
    record.phases_ms = pairs_of<double>(*object, "phases_ms");
    take(*object, "at_most_lost", record.at_most_lost);
    take(*object, "diverged", record.diverged);
    take(*object, "saved_in", record.saved_in);
    take(*object, "by", record.by);
    take(*object, "kind", record.kind);
    return record;
  } catch (const std::invalid_argument& error) {
    return failure(error.what());
  }
}

}  // namespace redvip::daemon

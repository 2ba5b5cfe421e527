#include "daemon/journal_file.hpp"

#include <boost/crc.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/files.hpp"

namespace redvip::daemon {
namespace {

namespace json = boost::json;

constexpr std::int64_t format = 1;

json::object to_object(const Dataset& data) {
  return {{"replid", data.replid}, {"offset", data.offset}, {"keys", data.keys}};
}

Dataset to_dataset(const json::value& value) {
  return {json::value_to<std::string>(value.at("replid")),
          value.at("offset").to_number<std::int64_t>(), value.at("keys").to_number<std::int64_t>()};
}

json::object to_object(const Journal& journal) {
  const auto& last = journal.last;
  json::array past;
  for (const auto& line : journal.past) {
    past.push_back(
        json::object{{"replid", line.replid}, {"until", line.until}, {"exact", line.exact}});
  }
  json::object object{{"served", last.served},
                      {"served_by", last.served_by},
                      {"needed", to_object(last.needed)},
                      {"run_id", last.run_id},
                      {"own", to_object(last.own)},
                      {"replid2", last.replid2},
                      {"second_repl_offset", last.second_repl_offset},
                      {"role", last.role == Role::master ? "master" : "replica"},
                      {"past", std::move(past)}};
  if (last.joined_at) object["joined_at"] = *last.joined_at;
  if (journal.last_served) object["last_served"] = to_object(*journal.last_served);
  return object;
}

// Throws what Boost.JSON throws where a member is missing or of another kind.
Journal to_journal(const json::object& object) {
  const auto text = [](const json::value& value) { return json::value_to<std::string>(value); };
  Journal journal;
  auto& last = journal.last;
  last.served = object.at("served").as_bool();
  last.served_by = text(object.at("served_by"));
  last.needed = to_dataset(object.at("needed"));
  last.run_id = text(object.at("run_id"));
  last.own = to_dataset(object.at("own"));
  last.replid2 = text(object.at("replid2"));
  last.second_repl_offset = object.at("second_repl_offset").to_number<std::int64_t>();
  last.role = text(object.at("role")) == "master" ? Role::master : Role::replica;
  if (const auto* joined = object.if_contains("joined_at")) {
    last.joined_at = joined->to_number<std::int64_t>();
  }
  for (const auto& line : object.at("past").as_array()) {
    journal.past.push_back({text(line.at("replid")), line.at("until").to_number<std::int64_t>(),
                            line.at("exact").as_bool()});
  }
  if (const auto* served = object.if_contains("last_served")) {
    journal.last_served = to_dataset(*served);
  }
  return journal;
}

std::int64_t checksum(const std::string& text) {
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  return crc.checksum();
}

json::object to_object(const JournalOwner& owner) {
  return {{"service", owner.service},
          {"node", owner.node},
          {"address", owner.address},
          {"machine", owner.machine}};
}

std::optional<std::string> content_of(const std::string& path) {
  std::ifstream file{path};
  if (!file) return std::nullopt;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

JournalOwner journal_owner(const std::string& service, const std::string& node,
                           const std::string& address) {
  auto machine = content_of("/etc/machine-id").value_or("");
  while (!machine.empty() && machine.back() == '\n') machine.pop_back();
  return {service, node, address, machine};
}

Result<std::optional<Journal>> load_journal(const std::string& path, const JournalOwner& owner) {
  const auto content = content_of(path);
  if (!content) {
    if (!std::filesystem::exists(path)) return std::optional<Journal>{};
    return failure("the journal cannot be read", path);
  }
  const auto disbelief = [&](const std::string& why) {
    return failure("the journal is not believed: " + why, path);
  };
  try {
    const auto whole = json::parse(*content);
    if (whole.at("format").to_number<std::int64_t>() != format) {
      return disbelief("it has another format");
    }
    const auto& journal = whole.at("journal").as_object();
    if (whole.at("crc").to_number<std::int64_t>() != checksum(json::serialize(journal))) {
      return disbelief("its checksum is wrong");
    }
    if (whole.at("owner").as_object() != to_object(owner)) {
      return disbelief("it was written for " + json::serialize(whole.at("owner")));
    }
    return to_journal(journal);
  } catch (const std::exception&) {
    return disbelief("it is damaged");
  }
}

Result<void> save_journal(const std::string& path, const JournalOwner& owner,
                          const Journal& journal) {
  const auto object = to_object(journal);
  const json::object whole{{"format", format},
                           {"owner", to_object(owner)},
                           {"crc", checksum(json::serialize(object))},
                           {"journal", object}};
  return write_whole(path, json::serialize(whole) + '\n', true);
}

}  // namespace redvip::daemon

#include "bench/json.hpp"

#include "lab/process.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;

// An array's items and an object's members stand one a line, down to that depth.
void print(std::string& out, const json::value& value, int depth) {
  const std::string indent(static_cast<std::size_t>(2 - depth) * 2 + 2, ' ');
  const bool object = value.is_object() && !value.get_object().empty();
  const bool array = value.is_array() && !value.get_array().empty();
  if (depth == 0 || (!object && !array)) {
    out += json::serialize(value);
    return;
  }
  out += object ? "{" : "[";
  const char* separator = "\n";
  const auto item = [&](const std::string& name, const json::value& inner) {
    out += separator + indent + name;
    print(out, inner, depth - 1);
    separator = ",\n";
  };
  if (object) {
    for (const auto& [name, inner] : value.get_object()) {
      item(json::serialize(json::value(name)) + ": ", inner);
    }
  } else {
    for (const auto& inner : value.get_array()) item("", inner);
  }
  out += '\n';
  out.append(indent, 2);
  out += object ? '}' : ']';
}

}  // namespace

json::object to_object(const MachineUse& use) {
  const auto hundredths = [](double value) { return std::round(value * 100) / 100; };
  return {{"our_cores", hundredths(use.ours)},
          {"foreign_cores", hundredths(use.foreign)},
          {"stolen_cores", hundredths(use.stolen)},
          {"disturbed", use.disturbed()}};
}

MachineUse machine_use_from(const json::object& object) {
  return {number_at(object, "our_cores"), number_at(object, "foreign_cores"),
          number_at(object, "stolen_cores")};
}

json::object file_head(const std::string& bench, const std::string& command) {
  const Versions seen = versions();
  return {{"bench", bench},
          {"made_at", utc_minute()},
          {"command", command},
          {"machine", machine_description()},
          {"versions",
           {{"redvip", seen.redvip}, {"keepalived", seen.keepalived}, {"Redis", seen.redis}}}};
}

Origin origin_of(const json::object& file) {
  const auto text = [](const json::value& value) { return std::string{value.as_string()}; };
  std::string versions;
  for (const auto& [program, version] : file.at("versions").as_object()) {
    if (!versions.empty()) versions += ", ";
    versions += std::string{program};
    versions += ' ' + text(version);
  }
  return {text(file.at("made_at")), text(file.at("command")), text(file.at("machine")), versions};
}

void write_json(const std::filesystem::path& path, const json::object& object) {
  std::string text;
  print(text, object, 2);
  std::filesystem::create_directories(path.parent_path());
  lab::write_file(path, text + "\n");
}

json::object read_json(const std::filesystem::path& path) {
  const std::string text = lab::read_file(path);
  if (text.empty()) return {};
  try {
    return json::parse(text).as_object();
  } catch (const std::exception& error) {
    throw lab::LabError{path.string() + ": " + error.what()};
  }
}

}  // namespace redvip::bench

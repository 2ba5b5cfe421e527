// The parts of docs/ that come from tables.
#include <algorithm>
#include <array>

#include "core/transitions.hpp"
#include "daemon/config_keys.hpp"
#include "daemon/reference.hpp"

namespace redvip::daemon {

namespace {

constexpr std::string_view begin_marker = "<!-- generated: ";
constexpr std::string_view marker_tail = " -->\n";
constexpr std::string_view end_marker = "<!-- end -->";

std::string in_cell(std::string text) {
  for (std::size_t at = text.find('|'); at != text.npos; at = text.find('|', at + 2)) {
    text.insert(at, 1, '\\');
  }
  return text;
}

std::string code_cell(const std::string& text) {
  return '`' + in_cell(text) + '`';
}

// The words that a table's heading and introduction make superfluous.
std::string brief(std::string allowed) {
  for (const std::string_view words :
       {"an integer ", "a duration with its unit, such as \"100ms\" or \"3s\", from "}) {
    if (allowed.starts_with(words)) allowed.erase(0, words.size());
  }
  constexpr std::string_view any_step = " in steps of 1ms";
  if (const auto at = allowed.find(any_step); at != allowed.npos) {
    allowed.erase(at, any_step.size());
  }
  return allowed;
}

std::string key_table(const SectionHelp& section) {
  std::string text = "| key | default | allowed | meaning |\n|---|---|---|---|\n";
  for (const auto& key : section.keys) {
    const auto fallback = key.fallback.empty() ? "required" : code_cell(key.fallback);
    text += "| " + code_cell(key.name.substr(section.name.size() + 1)) + " | " + fallback + " | " +
            in_cell(brief(key.allowed)) + " | " + in_cell(key.help) + " |\n";
  }
  return text;
}

std::string_view meaning(State state) {
  switch (state) {
    case State::starting:
      return "looking around, saying nothing";
    case State::standby:
      return "its Redis is fit to lead; may take over";
    case State::promoting:
      return "taking over: reading the replication link to its end, then promoting Redis";
    case State::serving:
      return "the owner: its Redis is the master and it has the address";
    case State::handing_over:
      return "writes wait for milliseconds while the other takes over";
    case State::holding:
      return "healthy, but its data must not lead now, or does not follow the owner yet";
    case State::fault:
      return "Redis, an interface or a track is down";
  }
  return "";
}

constexpr std::array all_states{State::starting, State::standby,      State::promoting,
                                State::serving,  State::handing_over, State::holding,
                                State::fault};

std::string state_table() {
  std::string text = "| state | meaning |\n|---|---|\n";
  for (const auto state : all_states) {
    text += "| " + code_cell(name(state)) + " | " + std::string{meaning(state)} + " |\n";
  }
  return text;
}

std::string state_diagram() {
  std::string text = "```mermaid\nstateDiagram-v2\n    [*] --> starting\n";
  for (const auto& known : known_transitions) {
    text += std::string{"    "} + name(known.from) + " --> " + name(known.to) + ": " +
            std::string{known.meaning} + '\n';
  }
  return text + "```\n";
}

std::string transition_table() {
  std::string text = "| from | to | when |\n|---|---|---|\n";
  for (const auto& known : known_transitions) {
    text += "| " + code_cell(name(known.from)) + " | " + code_cell(name(known.to)) + " | " +
            std::string{known.meaning} + " |\n";
  }
  return text;
}

}  // namespace

std::vector<DocumentPart> document_parts() {
  std::vector<DocumentPart> parts;
  for (const auto& section : config_sections()) {
    parts.push_back({"keys of " + section.name, key_table(section)});
  }
  parts.push_back({"states", state_table()});
  parts.push_back({"state diagram", state_diagram()});
  parts.push_back({"transitions", transition_table()});
  return parts;
}

Result<std::string> with_parts(const std::string& markdown) {
  const auto parts = document_parts();
  std::string result;
  std::size_t at = 0;
  for (;;) {
    const auto marker = markdown.find(begin_marker, at);
    if (marker == markdown.npos) break;
    const auto named = marker + begin_marker.size();
    const auto tail = markdown.find(marker_tail, named);
    const auto end = markdown.find(end_marker, named);
    const auto name = markdown.substr(named, std::min(tail, end) - named);
    if (tail == markdown.npos || end == markdown.npos || tail > end) {
      return failure("no <!-- end --> after the marker", name.substr(0, name.find('\n')));
    }
    const auto part = std::ranges::find(parts, name, &DocumentPart::name);
    if (part == parts.end()) return failure("there is no such generated part", name);
    result += markdown.substr(at, tail + marker_tail.size() - at) + part->text;
    at = end;
  }
  return result + markdown.substr(at);
}

}  // namespace redvip::daemon

#include "daemon/roff.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace redvip::daemon {

namespace {

constexpr std::size_t longest_source_line = 78;

// groff turns what looks like ASCII into typographic characters, unless told not to: what is typed
// into a shell or a file must come out as it went in (groff_char(7)).
std::string roff_escaped(std::string_view text, bool typed) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '\\':
        result += "\\e";
        break;
      case '-':
        result += typed ? "\\-" : "-";
        break;
      case '\'':
        result += typed ? "\\(aq" : "'";
        break;
      case '`':
        result += "\\(ga";
        break;
      case '^':
        result += "\\(ha";
        break;
      case '~':
        result += "\\(ti";
        break;
      default:
        result += c;
    }
  }
  return result;
}

// A line that begins with one of these would be a request.
std::string protected_line(std::string line) {
  if (!line.empty() && (line.front() == '.' || line.front() == '\'')) line.insert(0, "\\&");
  return line;
}

}  // namespace

Roff::Roff(std::string_view title, int section, std::string_view date) {
  std::string name{title};
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  text_ = ".\\\" Written by redvip_reference from the program's own tables.\n.TH " + name + ' ' +
          std::to_string(section) + " \"" + std::string{date} +
          "\" \"redvip " REDVIP_VERSION "\" \"" +
          (section == 8 ? "System Administration" : "File Formats") + "\"\n";
}

std::string Roff::plain(std::string_view text) {
  return roff_escaped(text, false);
}

std::string Roff::bold(std::string_view text) {
  return "\\fB" + roff_escaped(text, true) + "\\fR";
}

std::string Roff::italic(std::string_view text) {
  return "\\fI" + roff_escaped(text, false) + "\\fR";
}

void Roff::heading(std::string_view text) {
  text_ += ".SH \"" + plain(text) + "\"\n";
  after_heading_ = true;
}

void Roff::subheading(std::string_view text) {
  text_ += ".SS \"" + plain(text) + "\"\n";
  after_heading_ = true;
}

// A heading has its own; mandoc(1) calls a second one an oversight.
void Roff::paragraph() {
  if (!std::exchange(after_heading_, false)) text_ += ".PP\n";
}

void Roff::line(std::string_view formatted, bool broken_after) {
  after_heading_ = false;
  text_ += protected_line(std::string{formatted}) + '\n';
  if (broken_after) text_ += ".br\n";
}

// Source lines of a bearable length; a blank where one ends is the same to roff.
void Roff::filled(std::string_view text) {
  const auto escaped = plain(text);
  std::string current;
  for (std::size_t at = 0; at < escaped.size();) {
    const auto end = std::min(escaped.find(' ', at), escaped.size());
    const auto word = escaped.substr(at, end - at);
    if (!current.empty() && current.size() + 1 + word.size() > longest_source_line) {
      line(std::exchange(current, {}));
    }
    current += (current.empty() ? "" : " ") + word;
    at = end + 1;
  }
  if (!current.empty()) line(current);
}

void Roff::prose(std::string_view text) {
  paragraph();
  filled(text);
}

void Roff::item(std::string_view formatted_tag, std::string_view text) {
  text_ += ".TP\n";
  line(formatted_tag);
  filled(text);
}

void Roff::code(std::string_view lines) {
  paragraph();
  text_ += ".RS 4\n.nf\n";
  for (std::size_t at = 0; at < lines.size();) {
    const auto end = std::min(lines.find('\n', at), lines.size());
    const auto source = roff_escaped(lines.substr(at, end - at), true);
    line(source.empty() ? "\\&" : source);
    at = end + 1;
  }
  text_ += ".fi\n.RE\n";
}

}  // namespace redvip::daemon

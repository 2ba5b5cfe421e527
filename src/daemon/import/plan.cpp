#include "daemon/import/plan.hpp"

#include <cmath>

#include "daemon/import/text.hpp"

namespace redvip::keepalived {
namespace {

void add_entries(std::string& text, const std::vector<Entry>& entries) {
  for (const auto& [key, value, comment] : entries) {
    if (!comment.empty()) text += "# " + comment + '\n';
    text += key + " = " + value + '\n';
  }
}

}  // namespace

std::string toml_string(const std::string& text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (code < ' ' || code == 0x7f) {
      result += std::string{"\\u00"} + digits[code / 16] + digits[code % 16];
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string toml_array(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted_texts;
  for (const auto& text : texts) quoted_texts.push_back(toml_string(text));
  return '[' + listed(quoted_texts) + ']';
}

std::string duration_text(double seconds) {
  const auto millis = static_cast<long>(std::lround(seconds * 1000));
  return millis % 1000 == 0 ? std::to_string(millis / 1000) + 's' : std::to_string(millis) + "ms";
}

std::string toml_text(const std::vector<NodePlan>& nodes, const std::vector<ServicePlan>& services,
                      const std::vector<std::string>& sources) {
  std::string text = "# By redvip import, from " + listed(sources) +
                     ". The same on every host, as /etc/redvip/redvip.toml.\n";
  for (const auto& node : nodes) {
    text += "\n[[node]]\n";
    text += "name = " + toml_string(node.name) + '\n';
    if (node.address) text += "address = " + toml_string(node.address->text()) + '\n';
    if (node.link_local) text += "link_local = " + toml_string(node.link_local->text()) + '\n';
  }
  for (const auto& service : services) {
    text += "\n[[service]]\nname = " + toml_string(service.name) + '\n';
    add_entries(text, service.entries);
    for (const auto& track : service.tracks) {
      text += "\n[[service.track]]\n";
      add_entries(text, track);
    }
  }
  return text;
}

}  // namespace redvip::keepalived

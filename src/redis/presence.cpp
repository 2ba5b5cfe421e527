#include "redis/presence.hpp"

#include <algorithm>
#include <array>

namespace redvip::redis {
namespace {

constexpr std::string_view mark = "redvip";
constexpr std::size_t longest_reason = 300;  // characters, before they are encoded
constexpr std::string_view hex_digits = "0123456789ABCDEF";

bool passes(char c) {
  return c > ' ' && c <= '~' && c != '%' && c != ':';
}

std::string encoded(std::string_view text) {
  std::string result;
  for (const char c : text.substr(0, longest_reason)) {
    if (passes(c)) {
      result += c;
    } else {
      const auto octet = static_cast<unsigned char>(c);
      result += {'%', hex_digits[octet >> 4], hex_digits[octet & 15]};
    }
  }
  return result;
}

// What is no code stays as it is.
std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto high = i + 2 < text.size() ? hex_digits.find(text[i + 1]) : hex_digits.npos;
    const auto low = i + 2 < text.size() ? hex_digits.find(text[i + 2]) : hex_digits.npos;
    if (text[i] == '%' && high != hex_digits.npos && low != hex_digits.npos) {
      result += static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

// Cuts off and returns what stands before `separator`, or all.
std::string_view next_part(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

// The value of "key=value" among the words of a line.
std::string_view value_of(std::string_view line, std::string_view key) {
  while (!line.empty()) {
    auto word = next_part(line, ' ');
    if (next_part(word, '=') == key) return word;
  }
  return {};
}

}  // namespace

std::string to_client_name(const PeerName& name) {
  const auto& presence = name.presence;
  std::string text{mark};
  for (const auto& part :
       {name.service, name.node, std::string{redvip::name(presence.state)},
        std::to_string(presence.priority.value()), std::string{presence.paused ? "paused" : "-"},
        encoded(presence.reason)}) {
    text += ':' + part;
  }
  return text;
}

std::optional<PeerName> from_client_name(std::string_view text) {
  constexpr auto parts_after_mark = 6;
  if (std::ranges::count(text, ':') != parts_after_mark || next_part(text, ':') != mark) {
    return std::nullopt;
  }
  PeerName result;
  result.service = next_part(text, ':');
  result.node = next_part(text, ':');
  const auto state = state_named(next_part(text, ':'));
  const auto number = parse_integer(next_part(text, ':'));
  const auto priority = number ? Priority::make(*number) : std::nullopt;
  const auto paused = next_part(text, ':');
  if (!state || !priority || (paused != "paused" && paused != "-")) return std::nullopt;
  result.presence = {*state, *priority, paused == "paused", decoded(text)};
  return result;
}

std::vector<ListedPeer> peers_in(std::string_view client_list, std::string_view service) {
  std::vector<ListedPeer> result;
  while (!client_list.empty()) {
    const auto line = next_part(client_list, '\n');
    auto name = from_client_name(value_of(line, "name"));
    const auto id = parse_integer(value_of(line, "id"));
    const auto idle = parse_integer(value_of(line, "idle"));
    if (!name || name->service != service || !id || !idle) continue;
    result.push_back({*id, Seconds{*idle}, *std::move(name)});
  }
  return result;
}

}  // namespace redvip::redis

#include "core/route.hpp"

#include <limits>
#include <set>
#include <sstream>

namespace redvip {
namespace {

constexpr std::size_t longest_interface_name = 15;  // IFNAMSIZ - 1

std::optional<std::uint32_t> parse_number(const std::string& word) {
  const auto value = parse_integer(word);
  if (!value || *value < 0 || *value > std::numeric_limits<std::uint32_t>::max()) return {};
  return static_cast<std::uint32_t>(*value);
}

bool is_interface_name(const std::string& word) {
  return word.size() <= longest_interface_name && word != "." && word != ".." &&
         word.find_first_of("/:") == word.npos;
}

// False: the value is none.
template <class Slot, class Value>
bool set(Slot& slot, const std::optional<Value>& value) {
  if (value) slot = *value;
  return value.has_value();
}

// False: no such word, or no such value.
bool read_option(Route& route, const std::string& word, const std::string& value) {
  if (word == "via") return set(route.gateway, IpAddress::parse(value));
  if (word == "src") return set(route.source, IpAddress::parse(value));
  if (word == "metric") return set(route.metric, parse_number(value));
  if (word == "table") return set(route.table, parse_number(value));
  if (word != "dev" || !is_interface_name(value)) return false;
  route.interface = value;
  return true;
}

IpPrefix host_route(IpAddress address) {
  return {address, static_cast<std::uint8_t>(8 * address.octets().size())};
}

IpPrefix default_route(const Route& route) {
  const auto hint = route.gateway ? route.gateway : route.source;
  return {hint && !hint->is_v4() ? IpAddress{IpAddress::V6{}} : IpAddress{}, 0};
}

bool has_host_bits(const IpPrefix& prefix) {
  const auto octets = prefix.address.octets();
  for (auto bit = std::size_t{prefix.length}; bit < 8 * octets.size(); ++bit) {
    if ((octets[bit / 8] & (0x80 >> bit % 8)) != 0) return true;
  }
  return false;
}

bool one_family(const Route& route) {
  const auto fits = [&](const std::optional<IpAddress>& address) {
    return !address || address->family() == route.destination.address.family();
  };
  return fits(route.gateway) && fits(route.source);
}

}  // namespace

std::optional<Route> parse_route(std::string_view text) {
  std::istringstream words{std::string{text}};
  std::string destination;
  if (!(words >> destination)) return std::nullopt;
  Route route;
  std::set<std::string> said;
  for (std::string word, value; words >> word;) {
    if (!said.insert(word).second || !(words >> value)) return std::nullopt;
    if (!read_option(route, word, value)) return std::nullopt;
  }
  auto prefix = IpPrefix::parse(destination);
  if (const auto address = IpAddress::parse(destination)) prefix = host_route(*address);
  if (destination == "default") prefix = default_route(route);
  if (!prefix || has_host_bits(*prefix)) return std::nullopt;
  route.destination = *prefix;
  return one_family(route) ? std::optional{route} : std::nullopt;
}

std::string Route::text() const {
  std::string result = destination.text();
  if (gateway) result += " via " + gateway->text();
  if (source) result += " src " + source->text();
  if (metric != 0) result += " metric " + std::to_string(metric);
  if (table != 0) result += " table " + std::to_string(table);
  if (!interface.empty()) result += " dev " + interface;
  return result;
}

}  // namespace redvip

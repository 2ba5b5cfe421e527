#include "netlink/address.hpp"

#include <algorithm>

namespace redvip::netlink {
namespace {

bool has(const std::vector<IpPrefix>& list, IpPrefix prefix) {
  return std::find(list.begin(), list.end(), prefix) != list.end();
}

template <class Predicate>
const Interface* find(const Snapshot& snapshot, Predicate matches) {
  const auto& all = snapshot.interfaces;
  const auto found = std::find_if(all.begin(), all.end(), matches);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::string text(const Mac& mac) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (const auto octet : mac) {
    if (!result.empty()) result += ':';
    result += {digits[octet >> 4], digits[octet & 0xF]};
  }
  return result;
}

Mac virtual_mac(Vrid vrid, Family family) {
  const std::uint8_t version = family == Family::ipv4 ? 1 : 2;
  return {0x00, 0x00, 0x5e, 0x00, version, vrid.value()};
}

// An address comes before all that are longer, and its shortest prefix first.
bool Interface::has(IpAddress address) const {
  const auto first = std::ranges::lower_bound(addresses, IpPrefix{address, 0});
  return first != addresses.end() && first->address == address;
}

bool Interface::has(const IpPrefix& prefix) const {
  return std::ranges::binary_search(addresses, prefix);
}

const Interface* Snapshot::by_index(int index) const {
  return find(*this, [&](const Interface& each) { return each.index == index; });
}

const Interface* Snapshot::by_name(std::string_view name) const {
  return find(*this, [&](const Interface& each) { return each.name == name; });
}

const Interface* Snapshot::by_address(IpAddress address) const {
  return find(*this, [&](const Interface& each) { return each.has(address); });
}

AddressPlan plan(const std::vector<IpPrefix>& wanted, const std::vector<IpPrefix>& present,
                 const std::vector<IpPrefix>& ours) {
  AddressPlan plan;
  for (const auto vip : wanted) {
    if (!has(present, vip) || !has(ours, vip)) plan.add.push_back(vip);
  }
  for (const auto address : present) {
    if (has(ours, address) && !has(wanted, address)) plan.remove.push_back(address);
  }
  return plan;
}

Seconds vip_lifetime(Centiseconds advert_interval) {
  const auto latest = 3 * advert_interval - Centiseconds{50};
  return std::max(Seconds{1}, std::chrono::floor<Seconds>(latest));
}

}  // namespace redvip::netlink

#include "netlink/vip_filter.hpp"

#include <utility>

namespace redvip::netlink {
namespace {

constexpr auto purpose = "filter what virtual addresses receive and send";

std::string chain(const std::string& hook, const std::string& rules) {
  if (rules.empty()) return "";
  return " chain " + hook + " {\n type filter hook " + hook + " priority 0\n" + rules + " }\n";
}

std::string refusals(const VipRules& rules) {
  std::string result;
  if (rules.accept) return result;
  for (const auto& vip : rules.vips) {
    const auto to_vip = header_of(vip) + " daddr " + vip.text();
    if (!vip.is_v4()) {
      result += to_vip + " icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\n";
    }
    result += to_vip + " drop\n";
  }
  return result;
}

std::string rewritings(const VipRules& rules) {
  std::string result;
  if (!rules.solicit_from) return result;
  for (const auto& vip : rules.vips) {
    if (vip.is_v4()) continue;
    result += "ip6 saddr " + vip.text() + " icmpv6 type nd-neighbor-solicit ip6 saddr set " +
              rules.solicit_from->text() + "\n";
  }
  return result;
}

}  // namespace

Result<VipFilter> VipFilter::open(const Nft& nft, const std::string& service) {
  auto table = NftTable::open(nft, "vip", service, purpose);
  if (!table) return tl::unexpected(table.error());
  VipFilter filter{std::move(*table)};
  const IpAddress unspecified{IpAddress::V6{}};
  const auto tried = nft.once("vip", [&] {
    return filter.put({{IpAddress{}, unspecified}, false, unspecified}).and_then([&] {
      return filter.put({});
    });
  });
  if (!tried) return tl::unexpected(tried.error());
  return filter;
}

Result<void> VipFilter::put(const VipRules& rules) {
  if (rules == rules_) return {};
  const auto chains = chain("input", refusals(rules)) + chain("output", rewritings(rules));
  auto done = chains.empty() ? table_.remove(purpose) : table_.put(chains, purpose);
  if (done) rules_ = rules;
  return done;
}

}  // namespace redvip::netlink

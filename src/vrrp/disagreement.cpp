#include "vrrp/disagreement.hpp"

#include <algorithm>
#include <iterator>

namespace redvip::vrrp {
namespace {

using Addresses = std::vector<IpAddress>;

Addresses missing_in(const Addresses& there, const Addresses& these) {
  Addresses result;
  std::ranges::copy_if(these, std::back_inserter(result), [&](const IpAddress& address) {
    return std::ranges::count(there, address) == 0;
  });
  return result;
}

std::string list(const Addresses& addresses) {
  std::string result;
  for (const auto& address : addresses) result += (result.empty() ? "" : ", ") + address.text();
  return result;
}

std::string text(Centiseconds interval) {
  if (interval.count() % 100 == 0) return std::to_string(interval.count() / 100) + " s";
  return std::to_string(Millis{interval}.count()) + " ms";
}

}  // namespace

bool addresses_differ(Addresses theirs, Addresses ours) {
  std::ranges::sort(theirs);
  std::ranges::sort(ours);
  return theirs != ours;
}

std::string disagreement(const Advertisement& advertisement, const Expectation& expected) {
  std::vector<std::string> found;
  const auto extra = missing_in(expected.addresses, advertisement.addresses);
  const auto lacking = missing_in(advertisement.addresses, expected.addresses);
  if (!extra.empty()) {
    found.push_back("advertises " + list(extra) +
                    (extra.size() == 1 ? ", which is" : ", which are") + " not configured here");
  }
  if (!lacking.empty()) found.push_back("lacks " + list(lacking));
  if (extra.empty() && lacking.empty() &&
      addresses_differ(advertisement.addresses, expected.addresses)) {
    found.push_back("advertises an address twice");
  }
  if (advertisement.max_advert_interval != expected.interval) {
    found.push_back("interval " + text(advertisement.max_advert_interval) + ", here " +
                    text(expected.interval));
  }
  std::string result;
  for (const auto& part : found) result += (result.empty() ? "" : "; ") + part;
  return result;
}

}  // namespace redvip::vrrp

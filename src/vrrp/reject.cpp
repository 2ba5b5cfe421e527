#include "vrrp/receive.hpp"

namespace redvip::vrrp {

std::string_view name(Reject reason) {
  switch (reason) {
    case Reject::packet_length:
      return "packet-length-error";
    case Reject::own_packet:
      return "own-packet";
    case Reject::ip_ttl:
      return "ip-ttl-error";
    case Reject::destination:
      return "destination-error";
    case Reject::ah_header:
      return "ah-header-error";
    case Reject::vrid:
      return "vrid-error";
    case Reject::version:
      return "version-error";
    case Reject::type:
      return "invalid-type";
    case Reject::unknown_source:
      return "unknown-source";
    case Reject::checksum:
      return "checksum-error";
    case Reject::count_zero:
      return "address-count-zero";
    case Reject::interval_zero:
      return "interval-zero";
    case Reject::invalid_auth_type:
      return "invalid-auth-type";
    case Reject::auth_type_mismatch:
      return "auth-type-mismatch";
    case Reject::auth_failure:
      return "auth-failure";
    case Reject::owner_conflict:
      return "owner-conflict";
    case Reject::interval_mismatch:
      return "interval-error";
    case Reject::first_address:
      return "first-address-error";
    case Reject::address_list:
      return "address-list-error";
    case Reject::stale:
      return "stale";
    case Reject::replay:
      return "replay";
  }
  return {};
}

}  // namespace redvip::vrrp

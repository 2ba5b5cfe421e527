#include "netlink/drain_guard.hpp"

#include <utility>

namespace redvip::netlink {
namespace {

// A SYN is dropped. Payload is sent with IP version 0 instead, which its receiver must discard in
// silence (RFC 1122 section 3.2.1.1): a verdict `drop` is an error to the TCP that sends. It then
// keeps the segment as unsent and tries it again each time it owes an acknowledgement, instead of
// sending that, and the master's bytes come to a halt. What seems sent is in nobody's way.
//
// Payload is what is marked PSH, as the end of everything written is, or of another length than a
// bare acknowledgement: 20 to 60 bytes of TCP, and 20 of IPv4, whose length counts its own header.
// The chain is the last one of all, since no other program should have to look at such a packet.
std::string chain(Endpoint master) {
  const std::string ip = header_of(master.address);
  const std::string towards_master =
      ip + " daddr " + master.address.text() + " tcp dport " + std::to_string(master.port) + " ";
  const std::string bare = master.address.is_v4() ? "40-80" : "20-60";
  const std::string discarded = " " + ip + " version set 0\n";
  return " chain out {\n"
         "type filter hook postrouting priority 2147483647\n" +  //
         towards_master +
         "tcp flags syn drop\n" +                        //
         towards_master + "tcp flags psh" + discarded +  //
         towards_master + ip + " length != " + bare + discarded + " }\n";
}

}  // namespace

DrainGuard::DrainGuard(NftTable table) : table_{std::move(table)} {}

Result<DrainGuard> DrainGuard::open(const Nft& nft, const std::string& service) {
  auto table = NftTable::open(nft, "drain", service, "guard a drain");
  if (!table) return tl::unexpected(table.error());
  DrainGuard guard{std::move(*table)};
  const auto tried =
      nft.once("drain", [&] { return guard.raise({}).and_then([&] { return guard.lift(); }); });
  if (!tried) return tl::unexpected(tried.error());
  return guard;
}

Result<void> DrainGuard::raise(Endpoint master) {
  if (master_ == master) return {};
  if (auto lifted = lift(); !lifted) return lifted;
  auto done = table_.put(chain(master), "guard the drain of " + master.text());
  if (done) master_ = master;
  return done;
}

Result<void> DrainGuard::lift() {
  if (!master_) return {};
  auto done = table_.remove("lift the guard of the drain of " + master_->text());
  if (done) master_.reset();
  return done;
}

}  // namespace redvip::netlink

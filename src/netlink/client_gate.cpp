#include "netlink/client_gate.hpp"

#include <utility>

namespace redvip::netlink {
namespace {

std::string list(const std::vector<Endpoint>& endpoints) {
  std::string result;
  for (const auto& endpoint : endpoints) result += (result.empty() ? "" : ", ") + endpoint.text();
  return result;
}

// `direction` names what the packet has of this host: "d", its destination, or "s", its source. A
// reset passes either way. It only ends things, and it is the answer of `reject` itself.
std::string chain(const std::string& hook, const std::string& direction, const std::string& verdict,
                  const std::vector<Endpoint>& clients) {
  std::string rules;
  for (const auto& client : clients) {
    rules += header_of(client.address) + " " + direction + "addr " + client.address.text() +
             " tcp " + direction + "port " + std::to_string(client.port) +
             " tcp flags & rst == 0 " + verdict + "\n";
  }
  return " chain " + hook + " {\n" +                              //
         "type filter hook " + hook + " priority 2147483647\n" +  //
         rules + " }\n";
}

// Each chain is the last one of its hook: a packet that another program held back before it (nft's
// `queue`) meets the gate when it goes on, and whom a firewall ignores it goes on ignoring.
//
// What was on its way through the hooks already, or in a socket, is stopped by its answer's `drop`.
// Not by a reject: that would end the local socket, whose reset could then not reach the client.
std::string chains(const std::vector<Endpoint>& clients) {
  return chain("input", "d", "reject with tcp reset", clients) +
         chain("output", "s", "drop", clients);
}

}  // namespace

ClientGate::ClientGate(NftTable table) : table_{std::move(table)} {}

Result<ClientGate> ClientGate::open(const Nft& nft, const std::string& service) {
  auto table = NftTable::open(nft, "gate", service, "refuse clients");
  if (!table) return tl::unexpected(table.error());
  ClientGate gate{std::move(*table)};
  const auto tried = nft.once(
      "gate", [&] { return gate.close({Endpoint{}}).and_then([&] { return gate.admit(); }); });
  if (!tried) return tl::unexpected(tried.error());
  return gate;
}

Result<void> ClientGate::close(const std::vector<Endpoint>& clients) {
  if (refused_ == clients) return {};
  if (clients.empty()) return admit();
  auto done = table_.put(chains(clients), "refuse clients at " + list(clients));
  if (done) refused_ = clients;
  return done;
}

Result<void> ClientGate::admit() {
  auto done = table_.remove("admit clients again at " + list(refused_));
  if (done) refused_.clear();
  return done;
}

}  // namespace redvip::netlink

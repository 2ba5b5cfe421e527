#include "netlink/macvlan.hpp"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>

#include <algorithm>
#include <array>

#include "netlink/interface_settings.hpp"
#include "netlink/netlink_socket.hpp"
#include "netlink/nft_table.hpp"

namespace redvip::netlink {
namespace {

// The alias of ours. It outlives us, and with it what has to be restored.
constexpr std::string_view mark = "redvip; the parent's arp_ignore was ";

struct Link {
  int index = 0;
  int parent = 0;
  std::string name;
  std::string alias;

  // Of one of ours; nullopt for another's.
  [[nodiscard]] std::optional<int> arp_ignore_before() const {
    if (!alias.starts_with(mark)) return std::nullopt;
    return static_cast<int>(parse_integer(alias.substr(mark.size())).value_or(0));
  }
};

Link parse_link(nl_msg& message) {
  auto* const header = nlmsg_hdr(&message);
  std::array<nlattr*, IFLA_MAX + 1> attributes{};
  Link link;
  if (nlmsg_parse(header, sizeof(ifinfomsg), attributes.data(), IFLA_MAX, nullptr) < 0) return link;
  link.index = static_cast<const ifinfomsg*>(nlmsg_data(header))->ifi_index;
  if (attributes[IFLA_LINK]) link.parent = nla_get_s32(attributes[IFLA_LINK]);
  if (attributes[IFLA_IFNAME]) link.name = nla_get_string(attributes[IFLA_IFNAME]);
  if (attributes[IFLA_IFALIAS]) link.alias = nla_get_string(attributes[IFLA_IFALIAS]);
  return link;
}

Message link_message(int type, int flags, int ifindex) {
  auto message = make_message(type, flags);
  ifinfomsg body{};
  body.ifi_index = ifindex;
  append(*message, &body, sizeof(body));
  return message;
}

Message creation(int parent, const std::string& name, const Mac& mac) {
  auto message = link_message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);
  nla_put_string(message.get(), IFLA_IFNAME, name.c_str());
  nla_put_s32(message.get(), IFLA_LINK, parent);
  nla_put(message.get(), IFLA_ADDRESS, static_cast<int>(mac.size()), mac.data());
  auto* const info = nla_nest_start(message.get(), IFLA_LINKINFO);
  nla_put_string(message.get(), IFLA_INFO_KIND, "macvlan");
  auto* const data = nla_nest_start(message.get(), IFLA_INFO_DATA);
  nla_put_u32(message.get(), IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE);
  nla_nest_end(message.get(), data);
  nla_nest_end(message.get(), info);
  return message;
}

// No link-local address comes by itself, and with it no DAD, MLD report or router solicitation. The
// kernel refuses this in the creation.
Message no_own_address(int ifindex) {
  auto message = link_message(RTM_SETLINK, 0, ifindex);
  auto* const families = nla_nest_start(message.get(), IFLA_AF_SPEC);
  auto* const ipv6 = nla_nest_start(message.get(), AF_INET6);
  nla_put_u8(message.get(), IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
  nla_nest_end(message.get(), ipv6);
  nla_nest_end(message.get(), families);
  return message;
}

Message marking(int ifindex, int arp_ignore_before) {
  auto message = link_message(RTM_SETLINK, 0, ifindex);
  const auto alias = std::string{mark} + std::to_string(arp_ignore_before);
  nla_put_string(message.get(), IFLA_IFALIAS, alias.c_str());
  return message;
}

}  // namespace

struct Macvlan::State {
  NetlinkSocket socket;
  InterfaceSettings settings;
  NftTable table;
  Interface parent;
  std::string name;
  Mac mac;
  int index = 0;  // 0: not there yet

  [[nodiscard]] tl::unexpected<Error> refused(int code, const std::string& what) const {
    return socket.refused(code, what + " " + name + " on " + parent.name, "rtnetlink");
  }

  Result<std::vector<Link>> links() {
    const auto request = link_message(RTM_GETLINK, NLM_F_DUMP, 0);
    const auto replies = socket.dump(*request, "RTM_GETLINK");
    if (!replies) return tl::unexpected(replies.error());
    std::vector<Link> found;
    for (const auto& reply : *replies) found.push_back(parse_link(*reply));
    return found;
  }

  // What the parent's arp_ignore was before the first of ours; that one, if it is a predecessor's
  // of the same name, is removed.
  Result<int> clear_place() {
    const auto all = links();
    if (!all) return tl::unexpected(all.error());
    std::optional<int> before;
    for (const auto& link : *all) {
      const auto said = link.arp_ignore_before();
      if (said && link.parent == parent.index) before = said;
      if (link.name != name) continue;
      if (!said) return failure("there is an interface " + name + " that is not ours: rename it");
      const int code = socket.request(link_message(RTM_DELLINK, 0, link.index));
      if (code < 0) return refused(code, "remove a predecessor's");
    }
    if (before) return *before;
    return settings.get(parent.index, Ipv4Setting::arp_ignore);
  }

  Result<void> create(int arp_ignore_before) {
    int code = socket.request(creation(parent.index, name, mac));
    if (code < 0) return refused(code, "create");
    auto question = link_message(RTM_GETLINK, 0, 0);
    nla_put_string(question.get(), IFLA_IFNAME, name.c_str());
    Message answer;
    if ((code = socket.ask(std::move(question), answer)) < 0) return refused(code, "find");
    index = parse_link(*answer).index;
    code = socket.request(marking(index, arp_ignore_before));
    if (code >= 0) code = socket.request(no_own_address(index));
    if (code < 0 && code != -NLE_AF_NOSUPPORT) return refused(code, "set up");  // no IPv6 at all
    return {};
  }

  // rp_filter: clients' packets come in here, and their route leads back through the parent.
  Result<void> set_up() {
    return settings.set(index, Ipv4Setting::rp_filter, 2)
        .and_then([&] { return settings.set(index, Ipv4Setting::arp_ignore, 1); })
        .and_then([&] { return settings.set(index, Ipv4Setting::promote_secondaries, 1); })
        .and_then([&] { return settings.set(parent.index, Ipv4Setting::arp_ignore, 1); })
        .and_then([&] { return hear_no_router(); });
  }

  // A router advertisement would make addresses out of the virtual MAC, and a default route. The
  // kernel's setting for this is out of reach where /proc/sys is read-only.
  Result<void> hear_no_router() {
    return table.put(" chain in {\n type filter hook input priority 0\n iif " +
                         std::to_string(index) + " icmpv6 type nd-router-advert drop\n }\n",
                     "ignore routers on " + name);
  }

  Result<void> set_flag(unsigned up) {
    auto message = make_message(RTM_NEWLINK, 0);
    ifinfomsg body{};
    body.ifi_index = index;
    body.ifi_flags = up;
    body.ifi_change = IFF_UP;
    append(*message, &body, sizeof(body));
    const int code = socket.request(std::move(message));
    if (code < 0) return refused(code, up != 0 ? "bring up" : "bring down");
    return {};
  }

  // Nothing can be done about an error here; the next one of that name will find what is left.
  void remove() {
    if (index == 0) return;
    const auto all = links();
    static_cast<void>(socket.request(link_message(RTM_DELLINK, 0, index)));
    if (!all) return;
    std::optional<int> before;
    for (const auto& link : *all) {
      if (link.parent != parent.index || !link.arp_ignore_before()) continue;
      if (link.index != index) return;  // it needs the setting
      before = link.arp_ignore_before();
    }
    if (before) static_cast<void>(settings.set(parent.index, Ipv4Setting::arp_ignore, *before));
  }
};

void Macvlan::Remove::operator()(State* state) const {
  const std::unique_ptr<State> owned{state};
  owned->remove();
}

Result<Macvlan> Macvlan::create(const Nft& nft, const Interface& parent, Vrid vrid, Family family) {
  const auto name = (family == Family::ipv4 ? "vrrp." : "vrrp6.") + std::to_string(vrid.value());
  auto socket = NetlinkSocket::open(NETLINK_ROUTE);
  if (!socket) return tl::unexpected(socket.error());
  auto settings = InterfaceSettings::open();
  if (!settings) return tl::unexpected(settings.error());
  auto table = NftTable::open(nft, "vmac", name, "ignore routers on " + name);
  if (!table) return tl::unexpected(table.error());

  Owned state{new State{std::move(*socket), std::move(*settings), std::move(*table), parent, name,
                        virtual_mac(vrid, family)}};
  auto done = state->clear_place()
                  .and_then([&](int before) { return state->create(before); })
                  .and_then([&] { return state->set_up(); });
  if (!done) return tl::unexpected(done.error());
  return Macvlan{std::move(state)};
}

Result<void> Macvlan::up() {
  return state_->set_flag(IFF_UP);
}

Result<void> Macvlan::down() {
  return state_->set_flag(0);
}

int Macvlan::index() const {
  return state_->index;
}

const std::string& Macvlan::name() const {
  return state_->name;
}

Mac Macvlan::mac() const {
  return state_->mac;
}

}  // namespace redvip::netlink

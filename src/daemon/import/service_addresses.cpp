// virtual_ips, interface and routes of a service.
#include <algorithm>
#include <set>

#include "core/accepted.hpp"
#include "daemon/import/service.hpp"
#include "daemon/import/text.hpp"
#include "daemon/import/tree.hpp"

namespace redvip::keepalived {
namespace {

void map_address(const Address& address, const Context& context, std::vector<std::string>& ips) {
  const auto text = address.ip.text();
  auto& diagnosis = context.diagnosis;
  if (address.bare) {
    diagnosis.mistake(address.at,
                      address.ip.address.text() + " without a prefix length, which means " + text,
                      "if it belongs to a subnet, write that one's length in virtual_ips");
  }
  diagnosis.mapped(address.at,
                   (address.excluded ? "virtual_ipaddress_excluded " : "virtual_ipaddress ") +
                       text + " -> virtual_ips",
                   address.excluded
                       ? "redvip advertises it too, which keepalived before 2.3.3 does "
                         "not take: beside such a one, move it to virtual_ipaddress"
                       : "");
  if (std::ranges::find(ips, text) == ips.end()) ips.push_back(text);
}

std::set<IpAddress> advertised(const View& view) {
  std::set<IpAddress> all;
  for (const auto& address : view.instance->addresses) {
    if (!address.excluded) all.insert(address.ip.address);
  }
  return all;
}

void compare_addresses(const Pair& views, Diagnosis& diagnosis) {
  const auto first = advertised(views.front());
  for (std::size_t i = 1; i < views.size(); ++i) {
    if (advertised(views[i]) == first) continue;
    diagnosis.mistake(views[i].instance->at,
                      "its virtual_ipaddress is not that of " + views.front().instance->at.text() +
                          ": keepalived before 2.3.3 drops the other's adverts then, and both lead",
                      "virtual_ips has the addresses of both: take out what was wrong");
  }
}

// RFC 9568 5.2.9: VRRP over IPv6 needs a link-local virtual address, and link-local sources.
void check_v6(const Job& job, const Context& context) {
  const auto& instance = *job.views.front().instance;
  const auto& first = instance.addresses.front();
  if (!first.ip.address.link_local()) {
    const auto vrid = instance.vrid ? instance.vrid->value : 1;
    context.diagnosis.error(first.at,
                            first.ip.text() +
                                " is the first virtual address, but over IPv6 that "
                                "has to be a link-local one (RFC 9568 5.2.9)",
                            "put one that no host has, such as fe80::" + std::to_string(vrid) +
                                "/64, before it in virtual_ipaddress of every file");
  }
  if (!instance.peers.empty()) return;
  for (const auto& node : context.nodes) {
    if (node.link_local || !node.address) continue;
    context.diagnosis.error(
        instance.at,
        "VRRP over IPv6 comes from " + node.name + "'s link-local address, which nothing tells",
        "add --node " + node.name + '=' + node.address->text() +
            ",LINK-LOCAL; `ip -6 address show scope link` on the host shows it");
  }
}

std::set<std::string> interfaces_of(const View& view) {
  std::set<std::string> names;
  const auto& own = view.instance->interface;
  for (const auto& address : view.instance->addresses) {
    if (!address.interface.empty()) names.insert(address.interface);
    if (address.interface.empty() && own) names.insert(own->value);
  }
  return names;
}

// The interface of a host's addresses, told if the adverts had another.
std::string interface_of(const View& view, Diagnosis& diagnosis) {
  const auto names = interfaces_of(view);
  const auto& own = view.instance->interface;
  if (names.size() > 1) {
    diagnosis.error(view.instance->at,
                    "virtual addresses on several interfaces (" +
                        listed({names.begin(), names.end()}) + "), but a service has one",
                    "leave those of one interface in virtual_ipaddress");
  }
  if (names.empty()) return own ? own->value : std::string{};
  const auto& name = *names.begin();
  if (own && own->value != name && view.instance->peers.empty()) {
    diagnosis.dropped(
        own->at,
        "interface " + own->value + ": redvip advertises where the addresses are, on " + name,
        "let IP protocol 112 pass between the hosts there");
  }
  return name;
}

void add_interface(const Job& job, const Context& context, ServicePlan& plan) {
  std::vector<std::string> names;
  for (const auto* view : job.all()) names.push_back(interface_of(*view, context.diagnosis));
  const auto& first = job.views.front().instance->interface;
  const auto at = first ? first->at : job.views.front().instance->at;
  const bool same = std::ranges::all_of(names, [&](const auto& name) { return name == names[0]; });
  if (!same && !job.also.empty()) {
    context.diagnosis.error(at,
                            "the instances of one Redis have their addresses on several interfaces "
                            "or hosts name them differently: " +
                                listed(names),
                            "convert one of them, with --instance NAME");
  } else if (!same) {
    context.diagnosis.mapped(
        at, "the hosts' interfaces are called " + listed(names) + " -> interface is left out",
        "redvip takes the one that carries the node's address");
  } else if (!names[0].empty() && !is_interface(names[0])) {
    context.diagnosis.error(at, in_quotes(names[0]) + " cannot be an interface's name",
                            "correct it");
  } else if (!names[0].empty()) {
    plan.set("interface", toml_string(names[0]));
    if (first) context.diagnosis.mapped(at, "interface " + names[0] + " -> interface");
  }
}

void add_routes(const Job& job, const Context& context, ServicePlan& plan) {
  std::vector<std::string> routes;
  for (const auto* view : job.all()) {
    for (const auto& route : view->instance->routes) {
      context.diagnosis.mapped(route.at, "virtual_routes " + route.value + " -> routes");
      if (std::ranges::find(routes, route.value) == routes.end()) routes.push_back(route.value);
    }
  }
  if (!routes.empty()) plan.set("routes", toml_array(routes));
}

}  // namespace

void add_addresses(const Job& job, const Context& context, ServicePlan& plan) {
  std::vector<std::string> ips;
  for (const auto* view : job.all()) {
    for (const auto& address : view->instance->addresses) map_address(address, context, ips);
  }
  if (job.views.front().instance->addresses.empty()) {
    context.diagnosis.error(job.views.front().instance->at,
                            "vrrp_instance " + in_quotes(job.views.front().instance->name) +
                                " has no virtual_ipaddress",
                            "add the address that the clients use");
    return;
  }
  if (ips.size() > 255) {
    context.diagnosis.error(job.views.front().instance->at,
                            std::to_string(ips.size()) + " virtual addresses; at most 255 go",
                            "take some out");
  }
  compare_addresses(job.views, context.diagnosis);
  if (job.views.front().instance->is_v6()) check_v6(job, context);
  plan.set("virtual_ips", toml_array(ips));
  add_interface(job, context, plan);
  add_routes(job, context, plan);
}

}  // namespace redvip::keepalived

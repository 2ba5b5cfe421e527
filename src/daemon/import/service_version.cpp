// VRRP's version, interval and authentication, and what else keepalived and redvip both have.
#include <algorithm>
#include <array>

#include "daemon/import/service.hpp"
#include "daemon/import/text.hpp"
#include "daemon/import/tree.hpp"

namespace redvip::keepalived {
namespace {

Place place_of_version(const View& view) {
  if (view.instance->version) return view.instance->version->at;
  if (view.conf->globals.version) return view.conf->globals.version->at;
  return view.instance->at;
}

Place place_of_interval(const View& view) {
  return view.instance->advert_int ? view.instance->advert_int->at : view.instance->at;
}

std::string interval_of(const View& view) {
  return duration_text(view.advert_interval());
}

void tell_rounding(const View& view, Diagnosis& diagnosis) {
  if (!view.instance->advert_int || view.instance->advert_int->value == view.advert_interval()) {
    return;
  }
  diagnosis.mistake(place_of_interval(view),
                    std::string{"advert_int is not "} +
                        (view.version() == 2 ? "in whole seconds, as version 2 counts"
                                             : "from 0.01 to 40.95 s in steps of 0.01") +
                        ": keepalived takes " + interval_of(view),
                    "the TOML has that; `version 3` in keepalived allows less than a second");
}

void compare_versions(const Job& job, Diagnosis& diagnosis) {
  const auto& first = job.views.front();
  for (std::size_t i = 1; i < job.views.size(); ++i) {
    const auto& other = job.views[i];
    if (other.version() != first.version()) {
      tell_difference("version " + std::to_string(first.version()), place_of_version(first),
                      "version " + std::to_string(other.version()), place_of_version(other),
                      "the hosts drop each other's adverts, and both lead", diagnosis);
    }
    if (other.advert_interval() != first.advert_interval()) {
      tell_difference("advert_int " + interval_of(first), place_of_interval(first),
                      "advert_int " + interval_of(other), place_of_interval(other),
                      first.version() == 2 ? "the hosts drop each other's adverts, and both lead"
                                           : "version 3 goes by the owner's",
                      diagnosis);
    }
  }
}

void compare_authentication(const Job& job, Diagnosis& diagnosis) {
  const auto& first = job.views.front().instance->auth;
  for (std::size_t i = 1; i < job.views.size(); ++i) {
    const auto& other = job.views[i].instance->auth;
    const bool same =
        first.has_value() == other.has_value() &&
        (!first || (first->type == other->type && first->password == other->password));
    if (same) continue;
    diagnosis.mistake(other ? other->at : job.views[i].instance->at,
                      "its authentication is not that of " +
                          (first ? first->at : job.views.front().instance->at).text() +
                          ": the hosts drop each other's adverts, and both lead",
                      "put one password into the file on both hosts");
  }
}

void add_authentication(const Job& job, const Context& context, ServicePlan& plan) {
  compare_authentication(job, context.diagnosis);
  const auto of_first = [&]() -> const Auth* {
    for (const auto& view : job.views) {
      if (view.instance->auth) return &*view.instance->auth;
    }
    return nullptr;
  }();
  if (of_first == nullptr) return;
  const auto& auth = *of_first;
  const bool hmac = auth.type == "HMAC";
  if (!hmac && job.views.front().version() == 3) {
    context.diagnosis.mistake(
        auth.at,
        "auth_type " + auth.type +
            " with version 3, which has none: keepalived "
            "sends its adverts without",
        "redvip does the same; auth.type = \"hmac\" is what version 3 can have");
    return;
  }
  const std::string type = hmac ? "hmac" : auth.type == "AH" ? "ah" : "pass";
  const auto file = context.secrets.file_for("vrrp", auth.password, plan.name);
  plan.set("auth",
           "{ type = " + toml_string(type) + ", password_file = " + toml_string(file) + " }");
  context.diagnosis.mapped(auth.at,
                           "authentication " + auth.type + " -> auth, with its password in " + file,
                           "on both hosts: " + password_command(file));
}

void drop_version(const Job& job, const Context& context) {
  for (const auto& view : job.views) {
    context.diagnosis.dropped(place_of_version(view),
                              "version " + std::to_string(view.version()) + ", advert_int " +
                                  interval_of(view) +
                                  ": --vrrp3 asks for redvip's own, version 3 and 100 ms",
                              "stop keepalived on both hosts before redvip starts on one");
    const auto& auth = view.instance->auth;
    if (!auth) continue;
    context.diagnosis.dropped(auth->at, "authentication " + auth->type + ": not with --vrrp3",
                              "auth.type = \"hmac\", with a key of its own, proves more");
  }
}

// Values that are one number in both, of the instance or else of global_defs.
struct Number {
  const char* keyword;
  const char* key;
  Maybe<int> Instance::*own;
  Maybe<int> Globals::*global;
  int lowest, highest;
  bool seconds;
};

void add_announcements(const View& view, const Context& context, ServicePlan& plan) {
  constexpr std::array numbers{
      Number{"garp_master_repeat", "garp.repeat", &Instance::garp_repeat, &Globals::garp_repeat, 1,
             100, false},
      Number{"garp_master_delay", "garp.delay", &Instance::garp_delay, &Globals::garp_delay, 0, 60,
             true},
      Number{"garp_master_refresh", "garp.refresh", &Instance::garp_refresh, &Globals::garp_refresh,
             0, 3600, true}};
  for (const auto& number : numbers) {
    const auto& own = view.instance->*number.own;
    const auto& said = own ? own : view.conf->globals.*number.global;
    if (!said) continue;
    const auto value = std::clamp(said->value, number.lowest, number.highest);
    const auto text = number.seconds ? toml_string(duration_text(value)) : std::to_string(value);
    plan.set(number.key, text);
    context.diagnosis.mapped(said->at,
                             std::string{number.keyword} + ' ' + std::to_string(said->value) +
                                 " -> " + number.key + " = " + text,
                             value == said->value ? "" : "redvip's range ends there");
  }
}

void add_unicast(const Job& job, const Context& context, ServicePlan& plan) {
  bool unicast = false;
  for (const auto& view : job.views) {
    const auto& instance = *view.instance;
    for (const auto& peer : instance.peers) {
      context.diagnosis.mapped(peer.at, "unicast_peer " + peer.value.text() + " -> unicast = true");
      unicast = true;
    }
    if (instance.peers.empty() && instance.unicast_source) {
      context.diagnosis.mistake(instance.unicast_source->at,
                                "`unicast_src_ip` without `unicast_peer`: keepalived goes on with "
                                "multicast",
                                "unicast = true in the TOML, if the network has no multicast");
    }
  }
  const bool mixed = unicast && std::ranges::any_of(job.views, [](const View& view) {
                       return view.instance->peers.empty();
                     });
  if (mixed) {
    context.diagnosis.mistake(job.views.front().instance->at,
                              "one host has unicast_peer, the other has not: they do not hear each "
                              "other, and both lead",
                              "the TOML has unicast = true");
  }
  if (unicast) plan.set("unicast", "true");
}

void add_vmac(const Job& job, const Context& context, ServicePlan& plan) {
  const auto has = std::ranges::find_if(
      job.views, [](const View& view) { return view.instance->vmac.has_value(); });
  if (has == job.views.end()) return;
  const auto& at = has->instance->vmac->at;
  const bool unicast = std::ranges::any_of(
      job.views, [](const View& view) { return !view.instance->peers.empty(); });
  if (unicast) {
    context.diagnosis.dropped(at,
                              "use_vmac with unicast: where frames cannot be multicast, the "
                              "virtual MAC address cannot move",
                              "nothing: gratuitous ARP tells the neighbours");
  } else {
    plan.set("vmac", "true");
    context.diagnosis.mapped(at, "use_vmac -> vmac = true");
  }
}

}  // namespace

void tell_difference(const std::string& first, const Place& first_at, const std::string& other,
                     const Place& other_at, const std::string& harm, Diagnosis& diagnosis) {
  diagnosis.mistake(other_at, other + ", but " + first_at.text() + " has " + first + ": " + harm,
                    "the TOML has " + first);
}

std::string password_command(const std::string& file) {
  return "sudo install -D -m 640 -g redvip /dev/stdin " + file + ", then type it, Enter, Ctrl-D";
}

std::string Secrets::file_for(const std::string& what, const std::string& password,
                              const std::string& service) {
  for (const auto& name : {what, service + '.' + what}) {
    const auto file = "/etc/redvip/" + name + ".password";
    const auto [entry, added] = by_file_.try_emplace(file, password);
    if (added || entry->second == password) return file;
  }
  return "/etc/redvip/" + service + '.' + what + ".password";
}

void add_version(const Job& job, const Context& context, ServicePlan& plan) {
  for (const auto& view : job.views) tell_rounding(view, context.diagnosis);
  compare_versions(job, context.diagnosis);
  if (context.request.vrrp3) return drop_version(job, context);
  const auto& first = job.views.front();
  const auto version = std::to_string(first.version());
  const bool slow = first.version() == 2 || first.advert_interval() > 0.1;
  plan.set("version", version,
           slow ? "As keepalived's, so that the two understand each other while you switch.\n# "
                  "When every host runs redvip, take these out for adverts every 100 ms\n# "
                  "(docs/migration.md)."
                : "");
  plan.set("advert_interval", toml_string(interval_of(first)));
  context.diagnosis.mapped(
      place_of_interval(first),
      "version " + version + ", advert_int " + interval_of(first) + " -> version, advert_interval",
      slow ? "they let keepalived and redvip work side by side; afterwards take them out, for "
             "version 3 and 100 ms"
           : "");
  add_authentication(job, context, plan);
}

void add_details(const Job& job, const Context& context, ServicePlan& plan) {
  add_unicast(job, context, plan);
  add_vmac(job, context, plan);
  const auto& first = job.views.front();
  const auto& accept = first.instance->accept;
  if (accept && !accept->value) {
    plan.set("accept", "false");
    context.diagnosis.mapped(accept->at, "no_accept -> accept = false",
                             "with it no client reaches Redis by the virtual IP: is it meant?");
  } else if (accept) {
    context.diagnosis.ours(accept->at, "accept: what is sent to a virtual IP is for this host");
  }
  const auto& own = first.instance->checksum_as_v2;
  const auto& checksum = own ? own : first.conf->globals.checksum_as_v2;
  if (checksum && checksum->value) {
    plan.set("checksum", "\"rfc9568\"");
    context.diagnosis.mapped(checksum->at, "v3_checksum_as_v2 -> checksum = \"rfc9568\"");
  }
  if (first.group != nullptr && first.group->members.size() > 1 && job.also.empty()) {
    plan.set("group", toml_string(first.group->name));
    context.diagnosis.mapped(first.group->at,
                             "vrrp_sync_group " + first.group->name + " -> group of " + plan.name);
  } else if (first.group != nullptr) {
    context.diagnosis.dropped(
        first.group->at, "vrrp_sync_group " + first.group->name + ": one service needs no group");
  }
  add_announcements(first, context, plan);
}

}  // namespace redvip::keepalived

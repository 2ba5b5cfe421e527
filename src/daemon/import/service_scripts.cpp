// What redvip does instead of the scripts, and which of them still have a place: service.notify.
#include <algorithm>
#include <set>

#include "core/accepted.hpp"
#include "daemon/import/service.hpp"
#include "daemon/import/tree.hpp"

namespace redvip::keepalived {
namespace {

std::string line_of(const Place& at) {
  return " (line " + std::to_string(at.line) + ')';
}

// The states as service.notify passes them.
std::string state_of(const std::string& keyword) {
  if (keyword == "notify_master") return "MASTER";
  if (keyword == "notify_backup") return "BACKUP";
  if (keyword == "notify_fault") return "FAULT";
  return {};
}

class Teller {
 public:
  explicit Teller(Diagnosis& diagnosis) : diagnosis_{diagnosis} {}

  void tell_check(const TrackedCheck& check) {
    const auto& script = check.script;
    if (!script.about_redis()) return;
    std::string how = " asks Redis";
    if (!script.facts.asks) how = " only looks for a process";
    if (script.by_name) how = " is taken for a check of Redis by its name";
    const double every = check.check->interval ? check.check->interval->value : 1;
    const int fall = check.check->fall ? check.check->fall->value : 1;
    diagnosis_.ours(script.command.at,
                    "vrrp_script " + in_quotes(check.check->name) + how + " every " +
                        duration_text(every) +
                        (fall > 1 ? ", " + std::to_string(fall) + " times" : "") +
                        ": redvip sees a dead Redis from its closed socket, a hung one after "
                        "redis.down_after",
                    script.by_name ? "it was not read: " + script.unread + "; --scripts DIR" : "");
    tell_facts(script);
  }

  void tell_notify(const Script& script) {
    const auto what = script.command.keyword + ' ' + in_quotes(script.shown());
    if (script.facts.moves_roles()) {
      const auto& facts = script.facts;
      const auto says = [&](const std::optional<Place>& at, const char* command) {
        return at ? std::string{command} + line_of(*at) : std::string{};
      };
      const auto promotes = says(facts.promotes, "SLAVEOF NO ONE");
      const auto follows = says(facts.follows, "SLAVEOF a master");
      diagnosis_.ours(script.command.at,
                      what + " sends " + promotes +
                          (promotes.empty() || follows.empty() ? "" : " and ") + follows +
                          ": redvip promotes and follows by itself, once it has compared the data");
    } else if (script.facts.about_redis()) {
      diagnosis_.ours(script.command.at, what + " looks after Redis: redvip does by itself");
    } else if (script.only_writes()) {
      diagnosis_.dropped(script.command.at, what + " only keeps a log",
                         "`redvip history` has every change with its cause");
    } else if (script.unread.empty() || !script.by_name) {
      drop_notify(script, what);
    } else {
      diagnosis_.ours(script.command.at,
                      what + " is taken for one that moves Redis's role by its name",
                      "it was not read: " + script.unread + "; --scripts DIR");
    }
    tell_facts(script);
  }

  // What a script about Redis does that redvip does not, or that was dangerous.
  void tell_facts(const Script& script) {
    const auto& facts = script.facts;
    if (facts.follows_then_promotes) {
      diagnosis_.mistake(*facts.follows,
                         "the script lets Redis follow the other, and promotes it a moment later: "
                         "if the other is empty, both are",
                         "remove the script together with keepalived");
    }
    if (facts.stops_keepalived) {
      diagnosis_.ours(*facts.stops_keepalived,
                      "the script stops keepalived: redvip hands over by itself, and comes back");
    }
    if (facts.restarts) {
      diagnosis_.dropped(*facts.restarts,
                         "the script starts or stops Redis, which redvip never does",
                         "Restart=on-failure in Redis's systemd unit");
    }
    if (!facts.about_redis()) return;
    std::set<std::string> told;
    for (const auto& other : facts.others) {
      if (!told.insert(other.value).second) continue;
      diagnosis_.dropped(other.at, "the script also runs " + in_quotes(other.value),
                         "if it is still needed, in a program of your own as service.notify");
    }
  }

 private:
  void drop_notify(const Script& script, const std::string& what) {
    const auto state = state_of(script.command.keyword);
    if (state.empty()) {
      diagnosis_.dropped(script.command.at, what + ": redvip has no such moment",
                         "ExecStopPost= in its systemd unit for what comes after the end");
      return;
    }
    diagnosis_.dropped(script.command.at, what + ": redvip calls one program for all states",
                       "in a script for service.notify: `[ \"$3\" = " + state + " ] && " +
                           script.shown() + " ...`");
  }

  Diagnosis& diagnosis_;
};

// `notify PROGRAM` is called as service.notify is.
const Script* find_notify(const Job& job, Diagnosis& diagnosis) {
  const Script* chosen = nullptr;
  for (const auto* view : job.all()) {
    for (const auto& script : view->notifies) {
      if (script.command.keyword != "notify" || script.about_redis()) continue;
      const auto& argv = script.command.argv;
      if (argv.size() > 1 || !is_path(argv.front())) {
        diagnosis.dropped(
            script.command.at,
            "notify " + in_quotes(argv.front()) +
                " with arguments, or not by its whole path: service.notify is a path alone",
            "call it from a script of that name");
      } else if (chosen != nullptr && chosen->shown() != script.shown()) {
        diagnosis.dropped(script.command.at,
                          "notify " + in_quotes(script.shown()) + ": service.notify is " +
                              chosen->shown() + " already, on every host",
                          "call both from one script");
      } else {
        diagnosis.mapped(script.command.at, "notify " + script.shown() + " -> notify",
                         "it is called with MASTER, BACKUP and FAULT, not with STOP");
        chosen = &script;
      }
    }
  }
  return chosen;
}

// SLAVEOF the address that moves: whoever has it would follow itself.
void tell_loops(const Script& script, const Job& job, Diagnosis& diagnosis) {
  std::set<IpAddress> virtual_addresses;
  for (const auto* view : job.all()) {
    for (const auto& each : view->instance->addresses) virtual_addresses.insert(each.ip.address);
  }
  for (const auto& master : script.facts.masters) {
    const auto address = IpAddress::parse(master.value);
    if (!address || !virtual_addresses.contains(*address)) continue;
    diagnosis.mistake(master.at,
                      "SLAVEOF " + master.value +
                          ", the virtual address: a Redis that has it would follow itself",
                      "nothing: redvip makes Redis follow the hosts' own addresses");
  }
}

}  // namespace

void add_notify(const Job& job, const Context& context, ServicePlan& plan) {
  if (const auto* script = find_notify(job, context.diagnosis)) {
    plan.set("notify", toml_string(script->shown()));
  }
}

void tell_scripts(const Job& job, const Context& context) {
  Teller teller{context.diagnosis};
  for (const auto* view : job.all()) {
    for (const auto& check : view->checks) teller.tell_check(check);
    for (const auto& script : view->notifies) {
      if (script.command.keyword != "notify" || script.about_redis()) teller.tell_notify(script);
    }
    for (const auto& script : view->others) teller.tell_facts(script);
    for (const auto* script : view->scripts()) tell_loops(*script, job, context.diagnosis);
    for (const auto& server : view->conf->servers) {
      context.diagnosis.ours(server.at, "virtual_server of this host, port " +
                                            std::to_string(server.port) +
                                            ", with a MISC_CHECK: redvip watches Redis by itself");
    }
  }
}

}  // namespace redvip::keepalived

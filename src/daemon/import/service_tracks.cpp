// [[service.track]]: what besides Redis the instances depended on.
#include <algorithm>
#include <cmath>
#include <set>

#include "core/accepted.hpp"
#include "daemon/import/service.hpp"
#include "daemon/import/text.hpp"
#include "daemon/import/tree.hpp"

namespace redvip::keepalived {
namespace {

class Tracker {
 public:
  Tracker(const Job& job, const Context& context, ServicePlan& plan)
      : job_{job}, diagnosis_{context.diagnosis}, hosts_{context.hosts}, plan_{plan} {}

  void add() {
    for (const auto* view : job_.all()) {
      add_of(*view, view->instance->tracks);
      if (view->group != nullptr) add_of(*view, view->group->tracks);
      for (const auto& check : view->checks) {
        if (!check.script.about_redis()) add_script(*view, check);
      }
    }
    if (hosts_ < 2) return;
    for (const auto& [what, seen] : seen_) {
      if (seen.hosts.size() == hosts_) continue;
      diagnosis_.mistake(seen.at, what + " is tracked on one host only",
                         "the TOML tracks it on both; take it out if that was meant");
    }
  }

 private:
  struct Seen {
    std::set<std::size_t> hosts;
    Place at;
  };

  void add_of(const View& view, const Tracks& tracks) {
    for (const auto& tracked : tracks.interfaces) add_interface(view, tracked);
    for (const auto& tracked : tracks.files) add_file(view, tracked);
    for (const auto& tracked : tracks.processes) add_process(view, tracked);
  }

  // False: another host, or another instance, has it already.
  bool is_new(const View& view, const std::string& what, const Place& at) {
    auto& seen = seen_[what];
    const bool first = seen.hosts.empty();
    if (first) seen.at = at;
    seen.hosts.insert(view.host);
    return first;
  }

  void set_weight(std::vector<Entry>& track, int weight) {
    if (weight != 0) track.push_back({"weight", std::to_string(weight), {}});
  }

  bool refuse_reverse(bool reverse, const std::string& what, const Place& at) {
    if (!reverse) return false;
    diagnosis_.dropped(at, what + " with `reverse`, which redvip has not",
                       "a [[service.track]] with a script that succeeds where this one fails");
    return true;
  }

  void add_interface(const View& view, const Tracked& tracked) {
    const auto& name = tracked.name;
    const auto& own = view.instance->interface;
    if (own && own->value == name) {
      diagnosis_.ours(tracked.at, "track_interface " + name + ": the service's own always counts");
      return;
    }
    const auto what = "track_interface " + name;
    if (refuse_reverse(tracked.reverse.value_or(false), what, tracked.at)) return;
    if (!is_interface(name)) {
      diagnosis_.dropped(tracked.at, what + ": no name of an interface", "correct it");
      return;
    }
    diagnosis_.mapped(tracked.at, what + " -> [[service.track]]");
    if (!is_new(view, what, tracked.at)) return;
    std::vector<Entry> track{{"interface", toml_string(name), {}}};
    set_weight(track, tracked.weight.value_or(0));
    plan_.tracks.push_back(std::move(track));
  }

  void add_file(const View& view, const Tracked& tracked) {
    const auto* file = named(view.conf->files, tracked.name);
    const auto what = "track_file " + tracked.name;
    if (file == nullptr || !is_path(file->path)) {
      diagnosis_.mistake(tracked.at,
                         what + " is not defined, or has no path: keepalived ignores it",
                         "a [[service.track]], if it was meant");
      return;
    }
    const auto weight = tracked.weight.value_or(file->weight ? file->weight->value : 1);
    if (refuse_reverse(tracked.reverse.value_or(file->reverse), what, tracked.at)) return;
    if (weight > 0) {
      diagnosis_.dropped(tracked.at,
                         what + ": keepalived adds the number in the file times " +
                             std::to_string(weight) + "; redvip only asks whether it is 0",
                         "a [[service.track]] with file and a weight below 0");
      return;
    }
    diagnosis_.mapped(tracked.at, what + " -> [[service.track]]",
                      "any number but 0 counts once, and a missing file is a failure: create it at "
                      "boot");
    if (!is_new(view, what, tracked.at)) return;
    std::vector<Entry> track{{"file", toml_string(file->path), {}},
                             {"name", toml_string(tracked.name), {}}};
    set_weight(track, std::max(weight, -253));
    plan_.tracks.push_back(std::move(track));
  }

  void add_process(const View& view, const Tracked& tracked) {
    const auto* process = named(view.conf->processes, tracked.name);
    const auto name = process == nullptr ? tracked.name : process->process;
    if (name.find("redis") != name.npos || name.find("valkey") != name.npos) {
      diagnosis_.ours(tracked.at, "track_process " + name +
                                      ": redvip sees a dead Redis from its closed socket");
    } else {
      diagnosis_.dropped(
          tracked.at, "track_process " + name + ": redvip watches no processes",
          "a [[service.track]] with script = [\"/usr/bin/pidof\", \"" + name + "\"]");
    }
  }

  void add_script(const View& view, const TrackedCheck& check) {
    const auto what = "vrrp_script " + check.check->name;
    const auto& command = check.script.command;
    if (refuse_reverse(check.reverse(), what, check.tracked.at)) return;
    auto argv = command.argv;
    if (argv.front().starts_with('<') || argv.front().starts_with('>')) {
      diagnosis_.dropped(command.at, what + " needs a shell", "put it into a script of its own");
      return;
    }
    if (!is_path(argv.front())) argv.insert(argv.begin(), "/usr/bin/env");
    diagnosis_.mapped(command.at,
                      what + " has nothing to do with Redis" +
                          (check.script.unread.empty() ? "" : ", as far as can be told") +
                          " -> [[service.track]]",
                      check.script.unread.empty()
                          ? ""
                          : "it was not read: " + check.script.unread + "; --scripts DIR");
    if (!is_new(view, what, check.check->at)) return;
    std::vector<Entry> track{{"script", toml_array(argv), {}},
                             {"name", toml_string(check.check->name), {}}};
    set_weight(track, check.weight());
    add_timing(*check.check, track);
    track.push_back({"user", toml_string(user_of(view, command)), {}});
    plan_.tracks.push_back(std::move(track));
  }

  void add_timing(const Check& check, std::vector<Entry>& track) {
    const auto in_range = [&](double seconds, const Place& at) {
      const auto value = std::clamp(seconds, 0.1, 3600.0);
      if (value != seconds) {
        diagnosis_.mistake(at, "outside of redvip's 100 ms to 1 h",
                           "the TOML has " + duration_text(value));
      }
      return value;
    };
    const auto count = [&](const char* key, const Maybe<int>& said) {
      if (!said || said->value == 1) return;
      track.push_back({key, std::to_string(std::min(said->value, 100)), {}});
    };
    count("rise", check.rise);
    count("fall", check.fall);
    double interval = 1;
    if (check.interval && check.interval->value > 0) {
      interval = in_range(check.interval->value, check.interval->at);
    }
    double timeout = interval;
    if (check.timeout && check.timeout->value > 0) {
      timeout = in_range(check.timeout->value, check.timeout->at);
    }
    if (interval != 1) track.push_back({"interval", toml_string(duration_text(interval)), {}});
    if (timeout != 1) track.push_back({"timeout", toml_string(duration_text(timeout)), {}});
  }

  // keepalived: `user`, script_user, keepalived_script if there is such a user, root.
  std::string user_of(const View& view, const Command& command) {
    const auto& global = view.conf->globals.script_user;
    const auto user = !command.user.empty() ? command.user : global ? global->value : std::string{};
    if (is_name(user)) return user;
    diagnosis_.mapped(command.at, "no user for the script -> user = \"root\"",
                      "keepalived takes keepalived_script where there is such a user: write that "
                      "then, or \"nobody\" if it needs no rights");
    return "root";
  }

  const Job& job_;
  Diagnosis& diagnosis_;
  std::size_t hosts_;
  ServicePlan& plan_;
  std::map<std::string, Seen> seen_;
};

}  // namespace

void add_tracks(const Job& job, const Context& context, ServicePlan& plan) {
  Tracker{job, context, plan}.add();
}

}  // namespace redvip::keepalived

#include "daemon/import/views.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "daemon/import/tree.hpp"

namespace redvip::keepalived {
namespace {

class ViewBuilder {
 public:
  ViewBuilder(const Host& host, const ScriptPlaces& places, const Files& files,
              Diagnosis& diagnosis)
      : host_{host}, places_{places}, files_{files}, diagnosis_{diagnosis} {}

  View build(std::size_t index, const Instance& instance) {
    View view;
    view.host = index;
    view.conf = &host_;
    view.instance = &instance;
    for (const auto& group : host_.groups) {
      const auto is_it = [&](const Said<std::string>& member) {
        return member.value == instance.name;
      };
      if (std::ranges::any_of(group.members, is_it)) view.group = &group;
    }
    add_checks(instance.tracks, view);
    for (const auto& notify : instance.notifies) view.notifies.push_back(read(notify));
    if (view.group != nullptr) {
      add_checks(view.group->tracks, view);
      for (const auto& notify : view.group->notifies) view.notifies.push_back(read(notify));
    }
    for (const auto& server : host_.servers) {
      for (const auto& command : server.commands) view.others.push_back(read(command));
    }
    return view;
  }

  // vrrp_scripts that nobody tracks: they did not run, but they may know the port.
  void add_unused(const std::set<std::string>& used, std::vector<View>& views) {
    for (const auto& check : host_.checks) {
      if (used.contains(check.name)) continue;
      diagnosis_.mistake(check.at,
                         "vrrp_script " + in_quotes(check.name) +
                             " is not in any track_script: keepalived never runs it",
                         "nothing for Redis, which redvip watches by itself; anything else needs a "
                         "[[service.track]]");
      if (!check.command) continue;
      for (auto& view : views) view.others.push_back(read(*check.command));
    }
  }

 private:
  Script read(const Command& command) const {
    return read_command_script(command, places_, files_);
  }

  void add_checks(const Tracks& tracks, View& view) {
    for (const auto& tracked : tracks.scripts) {
      const auto* check = named(host_.checks, tracked.name);
      if (check == nullptr) {
        diagnosis_.mistake(tracked.at,
                           "there is no vrrp_script " + in_quotes(tracked.name) +
                               ": keepalived runs without the check",
                           "a [[service.track]], if it was meant");
        continue;
      }
      if (check->at.file == tracked.at.file && check->at.line > tracked.at.line) {
        diagnosis_.mistake(tracked.at,
                           "vrrp_script " + in_quotes(tracked.name) +
                               " is defined further down: keepalived runs without the check",
                           "nothing: here it counts");
      }
      if (check->command) view.checks.push_back({check, tracked, read(*check->command)});
    }
  }

  const Host& host_;
  const ScriptPlaces& places_;
  const Files& files_;
  Diagnosis& diagnosis_;
};

bool wanted(const Request& request, const std::string& name) {
  return request.instances.empty() ||
         std::ranges::find(request.instances, name) != request.instances.end();
}

std::vector<View> views_of(const Host& host, std::size_t index, const Request& request,
                           const Files& files, Diagnosis& diagnosis) {
  const auto& source = request.sources[index];
  const bool this_host = source.path.starts_with("/etc/") || request.sources.size() == 1;
  const ScriptPlaces places{source.path, source.scripts, this_host};
  ViewBuilder builder{host, places, files, diagnosis};
  std::vector<View> views;
  std::set<std::string> used;
  for (const auto& group : host.groups) {
    for (const auto& tracked : group.tracks.scripts) used.insert(tracked.name);
  }
  for (const auto& instance : host.instances) {
    for (const auto& tracked : instance.tracks.scripts) used.insert(tracked.name);
    if (wanted(request, instance.name)) {
      views.push_back(builder.build(index, instance));
    } else {
      diagnosis.dropped(instance.at, "vrrp_instance " + in_quotes(instance.name) +
                                         " is none of those that --instance names");
    }
  }
  builder.add_unused(used, views);
  return views;
}

int vrid_of(const View& view) {
  return view.instance->vrid ? view.instance->vrid->value : 0;
}

bool same_service(const View& a, const View& b) {
  return vrid_of(a) == vrid_of(b) && a.instance->is_v6() == b.instance->is_v6();
}

// By VRID and family, as on the wire; else by name; else because each host has but one.
Pair* partner_of(const View& view, std::vector<Pair>& pairs, std::size_t on_this_host) {
  const auto free = [&view](const Pair& pair) { return pair.back().host != view.host; };
  const auto find = [&](auto matches) {
    return std::ranges::find_if(
        pairs, [&](const Pair& pair) { return free(pair) && matches(pair.front()); });
  };
  auto found = find([&](const View& other) { return same_service(other, view); });
  if (found == pairs.end()) {
    found = find([&](const View& other) { return other.instance->name == view.instance->name; });
  }
  if (found == pairs.end() && on_this_host == 1 && pairs.size() == 1) {
    found = find([](const View&) { return true; });
  }
  return found == pairs.end() ? nullptr : &*found;
}

void tell_lonely(const std::vector<Pair>& pairs, std::size_t hosts, Diagnosis& diagnosis) {
  for (const auto& pair : pairs) {
    if (pair.size() == hosts) continue;
    diagnosis.mistake(pair.front().instance->at,
                      "vrrp_instance " + in_quotes(pair.front().instance->name) +
                          " is not in every file, so it has nowhere to go",
                      "service.nodes has only the hosts that have it");
  }
}

}  // namespace

int TrackedCheck::weight() const {
  return tracked.weight.value_or(check->weight ? check->weight->value : 0);
}

bool TrackedCheck::reverse() const {
  return tracked.reverse.value_or(check->reverse);
}

int View::version() const {
  if (instance->is_v6()) return 3;
  if (instance->version) return instance->version->value;
  return conf->globals.version ? conf->globals.version->value : 2;
}

double View::advert_interval() const {
  const double said = instance->advert_int ? instance->advert_int->value : 1;
  if (version() == 2) return std::max(1.0, std::round(said));
  return std::clamp(std::round(said * 100) / 100, 0.01, 40.95);
}

int View::priority() const {
  if (instance->priority) return instance->priority->value;
  return is_master() ? 255 : 100;
}

std::vector<const Script*> View::scripts() const {
  std::vector<const Script*> all;
  for (const auto& check : checks) all.push_back(&check.script);
  for (const auto& notify : notifies) all.push_back(&notify);
  for (const auto& other : others) all.push_back(&other);
  return all;
}

std::vector<Pair> pair_up(const std::vector<Host>& hosts, const Request& request,
                          const Files& files, Diagnosis& diagnosis) {
  std::vector<Pair> pairs;
  for (std::size_t host = 0; host < hosts.size(); ++host) {
    auto views = views_of(hosts[host], host, request, files, diagnosis);
    if (views.empty()) {
      diagnosis.error({hosts[host].file, 0}, "there is no vrrp_instance to convert",
                      "give the file that has it, or correct --instance");
    }
    const auto count = views.size();
    for (auto& view : views) {
      if (auto* pair = partner_of(view, pairs, count)) {
        pair->push_back(std::move(view));
      } else {
        pairs.push_back({std::move(view)});
      }
    }
  }
  tell_lonely(pairs, hosts.size(), diagnosis);
  return pairs;
}

}  // namespace redvip::keepalived

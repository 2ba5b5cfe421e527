// Which Redis a service guards, and what its scripts did to it.
#include <algorithm>
#include <set>

#include "core/accepted.hpp"
#include "daemon/import/service.hpp"
#include "daemon/import/text.hpp"
#include "daemon/import/tree.hpp"

namespace redvip::keepalived {
namespace {

constexpr int usual_port = 6379;

// Every script of the instances, on every host.
std::vector<const Script*> scripts_of(const std::vector<const View*>& views) {
  std::vector<const Script*> all;
  for (const auto* view : views) {
    for (const auto* script : view->scripts()) all.push_back(script);
  }
  return all;
}

std::vector<Said<int>> ports_of(const std::vector<const View*>& views) {
  std::vector<Said<int>> ports;
  const auto add = [&ports](const Said<int>& port) {
    if (std::ranges::find(ports, port.value, &Said<int>::value) == ports.end()) {
      ports.push_back(port);
    }
  };
  for (const auto* script : scripts_of(views)) {
    if (!script->about_redis()) continue;
    for (const auto& port : script->facts.ports) add(port);
  }
  for (const auto* view : views) {
    for (const auto& server : view->conf->servers) add({server.port, server.at});
  }
  return ports;
}

std::vector<const View*> pointers_to(const Pair& pair) {
  std::vector<const View*> views;
  for (const auto& view : pair) views.push_back(&view);
  return views;
}

// Tells a port that had to be assumed.
int choose_port(const Pair& pair, const Context& context) {
  const auto& instance = *pair.front().instance;
  for (const auto& option : context.request.ports) {
    if (option.instance.empty() || option.instance == instance.name) {
      context.diagnosis.mapped(instance.at,
                               "--port -> redis.port = " + std::to_string(option.port));
      return option.port;
    }
  }
  const auto views = pointers_to(pair);
  const auto ports = ports_of(views);
  if (ports.size() > 1) {
    context.diagnosis.error(ports[1].at,
                            "port " + std::to_string(ports[1].value) + ", but " +
                                ports[0].at.text() + " has " + std::to_string(ports[0].value) +
                                ": which Redis does " + in_quotes(instance.name) + " guard?",
                            "add --port " + instance.name + '=' + std::to_string(ports[0].value));
  }
  if (!ports.empty()) {
    context.diagnosis.mapped(ports[0].at,
                             "port " + std::to_string(ports[0].value) + " -> redis.port");
    return ports[0].value;
  }
  const bool by_default = std::ranges::any_of(
      scripts_of(views), [](const Script* script) { return script->facts.default_port; });
  context.diagnosis.mapped(instance.at,
                           by_default ? "redis-cli without -p -> redis.port = 6379"
                                      : "nothing tells the port of Redis -> redis.port = 6379",
                           "if it is another one: --port " + instance.name + "=PORT");
  return usual_port;
}

bool in_one_group(const Pair& a, const Pair& b) {
  return a.front().group != nullptr && b.front().group != nullptr &&
         a.front().host == b.front().host && a.front().group->name == b.front().group->name;
}

void join(Job& job, Pair pair, const Context& context) {
  const auto& instance = *pair.front().instance;
  context.diagnosis.mapped(instance.at,
                           "vrrp_instance " + in_quotes(instance.name) +
                               " guards the same Redis as " + job.name +
                               " -> one service with the addresses of both",
                           "if it has a Redis of its own: --port " + instance.name + "=PORT");
  for (auto& view : pair) job.also.push_back(std::move(view));
}

std::string service_name(const Instance& instance, Diagnosis& diagnosis) {
  if (is_name(instance.name)) return instance.name;
  std::string name;
  for (const char c : instance.name.substr(0, 63)) name += is_name(std::string{c}) ? c : '-';
  diagnosis.mapped(instance.at, "vrrp_instance " + in_quotes(instance.name) + " -> service " + name,
                   "a name is of letters, digits, '.', '_' and '-'");
  return name;
}

void add_password(const Job& job, const Context& context, ServicePlan& plan) {
  std::vector<Said<std::string>> found;
  for (const auto* script : scripts_of(job.all())) {
    for (const auto& password : script->facts.passwords) {
      found.push_back(password);
    }
  }
  if (found.empty()) return;
  const auto file = context.secrets.file_for("redis", found.front().value, plan.name);
  plan.set("redis.password_file", toml_string(file));
  std::set<std::string> places;
  for (const auto& password : found) {
    if (!places.insert(password.at.text()).second) continue;
    context.diagnosis.mapped(password.at, "the password of Redis -> redis.password_file",
                             "on both hosts: " + password_command(file));
    if (password.value == found.front().value) continue;
    context.diagnosis.mistake(password.at, "another password than in " + found.front().at.text(),
                              "put the one that both Redis take into " + file);
  }
}

void add_user(const Job& job, const Context& context, ServicePlan& plan) {
  for (const auto* script : scripts_of(job.all())) {
    for (const auto& user : script->facts.users) {
      plan.set("redis.username", toml_string(user.value));
      context.diagnosis.mapped(user.at, "--user " + user.value + " -> redis.username");
      return;
    }
  }
}

// The weight of the checks that redvip does itself; 0 where one of them is a fault.
void add_weight(const Job& job, const Context& context, ServicePlan& plan) {
  int sum = 0;
  bool fault = false;
  std::vector<const TrackedCheck*> checks;
  for (const auto& check : job.views.front().checks) {
    if (!check.script.about_redis()) continue;
    checks.push_back(&check);
    sum += check.weight();
    fault = fault || check.weight() == 0 || check.reverse();
  }
  if (checks.empty() || fault || sum == 0) return;
  sum = std::clamp(sum, -253, 253);
  plan.set("redis.weight", std::to_string(sum));
  for (const auto* check : checks) {
    const auto& at = check->tracked.weight ? check->tracked.at : check->check->weight->at;
    context.diagnosis.mapped(at, "weight " + std::to_string(check->weight()) + " of " +
                                     in_quotes(check->check->name) +
                                     " -> redis.weight = " + std::to_string(sum));
  }
}

}  // namespace

std::vector<const View*> Job::all() const {
  std::vector<const View*> everything;
  for (const auto& view : views) everything.push_back(&view);
  for (const auto& view : also) everything.push_back(&view);
  return everything;
}

std::vector<Job> plan_jobs(std::vector<Pair> pairs, const Context& context) {
  std::vector<Job> jobs;
  for (auto& pair : pairs) {
    const auto port = choose_port(pair, context);
    const auto same = std::ranges::find(jobs, port, &Job::port);
    if (same == jobs.end()) {
      const auto name = service_name(*pair.front().instance, context.diagnosis);
      jobs.push_back({name, std::move(pair), {}, port});
    } else if (in_one_group(same->views, pair)) {
      join(*same, std::move(pair), context);
    } else {
      const auto& name = pair.front().instance->name;
      context.diagnosis.error(pair.front().instance->at,
                              "vrrp_instance " + in_quotes(name) + " and " +
                                  in_quotes(same->views.front().instance->name) +
                                  " guard the same Redis, on port " + std::to_string(port) +
                                  ", which can have but one owner",
                              "tell their ports with --port " + name +
                                  "=PORT, or convert one of them with --instance " +
                                  same->views.front().instance->name);
    }
  }
  return jobs;
}

void add_redis(const Job& job, const Context& context, ServicePlan& plan) {
  plan.set("redis.port", std::to_string(job.port));
  add_user(job, context, plan);
  add_password(job, context, plan);
  add_weight(job, context, plan);
}

std::vector<ServicePlan> plan_services(std::vector<Pair> pairs, const Context& context) {
  std::vector<ServicePlan> services;
  for (const auto& job : plan_jobs(std::move(pairs), context)) {
    ServicePlan plan{job.name, {}, {}};
    add_vrid(job, context, plan);
    add_addresses(job, context, plan);
    add_election(job, context, plan);
    add_version(job, context, plan);
    add_details(job, context, plan);
    add_redis(job, context, plan);
    add_notify(job, context, plan);
    add_tracks(job, context, plan);
    tell_weights(job, context);
    tell_scripts(job, context);
    services.push_back(std::move(plan));
  }
  return services;
}

}  // namespace redvip::keepalived

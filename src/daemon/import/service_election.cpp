// Who leads: VRID, priorities, preemption, weights against priorities.
#include <algorithm>
#include <cstdlib>

#include "daemon/import/service.hpp"
#include "daemon/import/text.hpp"
#include "daemon/import/tree.hpp"

namespace redvip::keepalived {
namespace {

Place place_of_priority(const View& view) {
  return view.instance->priority ? view.instance->priority->at : view.instance->at;
}

// Of the hosts with a file, as redvip will have them: all different.
std::vector<int> different_priorities(const Job& job, const Context& context) {
  std::vector<int> priorities;
  for (const auto& view : job.views) {
    auto priority = view.priority();
    const auto is_taken = [&priorities](int number) {
      return std::ranges::find(priorities, number) != priorities.end();
    };
    if (is_taken(priority)) {
      while (priority > 1 && is_taken(priority)) --priority;
      while (is_taken(priority)) ++priority;
      context.diagnosis.mistake(place_of_priority(view),
                                "priority " + std::to_string(view.priority()) +
                                    " on both hosts: the one with the higher address leads, "
                                    "whatever its data",
                                "the TOML has " + std::to_string(priority) + " for " +
                                    context.nodes[view.host].name +
                                    "; change it if that is the one "
                                    "to prefer");
    }
    if (priority == 255) {
      context.diagnosis.mistake(place_of_priority(view),
                                "priority 255 is for the owner of the address; no weight lowers it",
                                "give it 254, unless the address is the host's own");
    }
    priorities.push_back(priority);
  }
  return priorities;
}

void add_priorities(const Job& job, const Context& context, ServicePlan& plan) {
  const bool everywhere = job.views.size() == context.hosts;
  if (everywhere && context.nodes.size() > context.hosts) {
    for (const auto& view : job.views) {
      context.diagnosis.dropped(
          place_of_priority(view),
          "priority " + std::to_string(view.priority()) +
              ": the other host's is not known, and it takes all or none",
          "give its keepalived.conf too, or set `priorities` by hand; without "
          "it the first [[node]] is preferred");
    }
    return;
  }
  std::string text;
  std::vector<std::string> names;
  const auto priorities = different_priorities(job, context);
  for (std::size_t i = 0; i < job.views.size(); ++i) {
    const auto& name = context.nodes[job.views[i].host].name;
    const bool bare = name.find('.') == name.npos;  // a dot parts the keys of TOML
    names.push_back(name);
    text += (text.empty() ? "" : ", ") + (bare ? name : toml_string(name)) + " = " +
            std::to_string(priorities[i]);
    context.diagnosis.mapped(place_of_priority(job.views[i]),
                             "priority " + std::to_string(job.views[i].priority()) +
                                 (job.views[i].instance->priority ? "" : " (by default)") +
                                 " -> priorities." + name + " = " + std::to_string(priorities[i]));
  }
  if (!everywhere) plan.set("nodes", toml_array(names));
  plan.set("priorities", "{ " + text + " }");
}

// Whether this host takes the address back in keepalived; what the file says beside that is told.
bool preempts(const View& view, Diagnosis& diagnosis) {
  const auto& nopreempt = view.instance->nopreempt;
  if (!nopreempt || !nopreempt->value) return true;
  if (view.is_master()) {
    diagnosis.mistake(
        nopreempt->at,
        "`nopreempt` with `state MASTER`: keepalived ignores nopreempt, and takes the "
        "address back",
        "the TOML has what was meant, preempt = false");
  }
  return false;
}

void add_delay(const View& view, const Context& context, ServicePlan& plan) {
  const auto& delay = view.instance->preempt_delay;
  if (!delay || delay->value == 0) return;
  if (view.is_master()) {
    context.diagnosis.mistake(delay->at,
                              "`preempt_delay` with `state MASTER`: keepalived ignores the delay",
                              "the TOML has what was meant");
  }
  plan.set("preempt_delay", toml_string(duration_text(delay->value)));
  context.diagnosis.mapped(delay->at,
                           "preempt_delay -> preempt_delay = " + duration_text(delay->value));
}

// What counts is what the preferred host does: nobody preempts it.
void add_preemption(const Job& job, const Context& context, ServicePlan& plan) {
  const auto& preferred =
      *std::ranges::max_element(job.views, {}, [](const View& view) { return view.priority(); });
  bool answers_differ = false;
  const bool preempt = preempts(preferred, context.diagnosis);
  for (const auto& view : job.views) {
    if (&view == &preferred) continue;
    answers_differ = preempts(view, context.diagnosis) != preempt || answers_differ;
  }
  const auto& said = preferred.instance->nopreempt;
  const auto at = said ? said->at : preferred.instance->at;
  if (answers_differ) {
    context.diagnosis.mistake(at, "only one host has `nopreempt`; the preferred one's counts",
                              std::string{"preempt = "} + (preempt ? "true" : "false") +
                                  " in the TOML; set it as you want it");
  }
  plan.set("preempt", preempt ? "true" : "false");
  if (!preempt) {
    context.diagnosis.mapped(at, "nopreempt -> preempt = false");
    return;
  }
  context.diagnosis.mapped(at,
                           "keepalived takes the address back without nopreempt -> preempt = true",
                           "redvip's own default is false: the service stays where it is");
  add_delay(preferred, context, plan);
}

}  // namespace

void add_vrid(const Job& job, const Context& context, ServicePlan& plan) {
  const auto& first = *job.views.front().instance;
  if (!first.vrid) {
    context.diagnosis.error(first.at, "no virtual_router_id from 1 to 255", "add it");
    return;
  }
  const auto text = std::to_string(first.vrid->value);
  plan.set("vrid", text);
  for (const auto& view : job.views) {
    const auto& vrid = view.instance->vrid;
    if (!vrid || vrid->value == first.vrid->value) {
      if (vrid) context.diagnosis.mapped(vrid->at, "virtual_router_id " + text + " -> vrid");
      continue;
    }
    tell_difference("virtual_router_id " + text, first.vrid->at,
                    "virtual_router_id " + std::to_string(vrid->value), vrid->at,
                    "the hosts do not hear each other, and both lead", context.diagnosis);
  }
  for (const auto& view : job.also) {
    const auto& vrid = view.instance->vrid;
    if (!vrid) continue;
    context.diagnosis.dropped(vrid->at,
                              "virtual_router_id " + std::to_string(vrid->value) + " of " +
                                  in_quotes(view.instance->name) +
                                  ": its addresses go with those of " + plan.name +
                                  ", under VRID " + text,
                              "switch both hosts at once: a keepalived does not know that");
  }
}

void add_election(const Job& job, const Context& context, ServicePlan& plan) {
  add_priorities(job, context, plan);
  add_preemption(job, context, plan);
  for (const auto* view : job.all()) {
    const auto& state = view->instance->state;
    if (!state) continue;
    context.diagnosis.ours(
        state->at, "state " + state->value + ": the data and the priorities decide who leads");
  }
}

void tell_weights(const Job& job, const Context& context) {
  if (job.views.size() < 2) return;
  const auto [lowest, highest] =
      std::ranges::minmax_element(job.views, {}, [](const View& view) { return view.priority(); });
  const View& low = *lowest;
  const View& high = *highest;
  const int gap = high.priority() - low.priority();
  for (const auto& check : high.checks) {
    const int weight = check.weight();
    if (weight == 0 || check.reverse()) continue;
    const bool redis = check.script.about_redis();
    const auto at = check.tracked.weight ? check.tracked.at : check.check->weight->at;
    const auto what = "weight " + std::to_string(weight) + " of " + in_quotes(check.check->name);
    if (std::abs(weight) <= gap) {
      context.diagnosis.mistake(
          at,
          what + " is not more than the " + std::to_string(gap) +
              " between the priorities: keepalived keeps the address when the check fails",
          redis ? "nothing: redvip never leaves the address on a dead Redis"
                : "a weight beyond it, or 0, in the [[service.track]]");
    }
    const auto& nopreempt = high.instance->nopreempt;
    if (nopreempt && nopreempt->value && !high.is_master()) {
      context.diagnosis.mistake(
          at, what + " with nopreempt: keepalived lowers the priority, but nobody takes over",
          "nothing: in redvip a lower priority moves the service, whatever preempt says");
    }
  }
}

}  // namespace redvip::keepalived

// redvip_sim --seeds N [--first S] [--all] [--mutant NAME], or --seed S [--trace] [--shrink]; with
// --shortest finds, among N seeds, the failure that needs the fewest faults; with --slow-streams or
// --restarts one kind of trouble comes again and again. The first failure ends it, and is told
// again with as few faults as it needs; --all counts instead.
#include <chrono>
#include <cstdio>
#include <string>

#include "sim/swarm.hpp"

namespace {

using namespace redvip::sim;

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t seeds = 200;
  bool trace = false;
  bool all = false;
  bool shrink = false;
  bool shortest = false;
  Mutant mutant = Mutant::none;
  Character character = Character::any;
};

std::optional<Arguments> parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&] { return i + 1 < argc ? std::string{argv[++i]} : std::string{}; };
    const auto number = [&] { return redvip::parse_integer(value()); };
    std::optional<std::int64_t> given = 1;
    if (word == "--trace") {
      arguments.trace = true;
    } else if (word == "--all") {
      arguments.all = true;
    } else if (word == "--shortest") {
      arguments.shortest = true;
    } else if (word == "--slow-streams") {
      arguments.character = Character::slow_streams;
    } else if (word == "--restarts") {
      arguments.character = Character::restarts;
    } else if (word == "--shrink") {
      arguments.shrink = true;
    } else if (word == "--mutant") {
      const auto mutant = mutant_named(value());
      if (!mutant) return std::nullopt;
      arguments.mutant = *mutant;
    } else if (word == "--seeds" && (given = number())) {
      arguments.seeds = static_cast<std::uint64_t>(*given);
    } else if (word == "--first" && (given = number())) {
      arguments.first = static_cast<std::uint64_t>(*given);
    } else if (word == "--seed" && (given = number())) {
      arguments.first = static_cast<std::uint64_t>(*given);
      arguments.seeds = 1;
    } else {
      return std::nullopt;
    }
  }
  return arguments;
}

void print(const std::vector<std::string>& lines) {
  for (const auto& line : lines) std::printf("%s\n", line.c_str());
}

Plan plan_of(const Arguments& arguments) {
  Plan plan;
  plan.seed = arguments.first;
  plan.mutant = arguments.mutant;
  plan.character = arguments.character;
  return plan;
}

struct Count {
  std::uint64_t seeds = 0;
  std::uint64_t failures = 0;
  std::uint64_t asked = 0;
  double hours = 0;
  std::optional<std::uint64_t> failed;
};

Count run(const Arguments& arguments) {
  Count count;
  run_swarm(plan_of(arguments), arguments.seeds, [&](const Outcome& outcome) {
    ++count.seeds;
    count.hours += outcome.virtual_seconds / 3600;
    count.asked += outcome.operator_asked ? 1 : 0;
    if (!outcome.broken) return true;
    ++count.failures;
    count.failed = std::min(count.failed.value_or(outcome.seed), outcome.seed);
    std::printf("seed %llu breaks %s\n", static_cast<unsigned long long>(outcome.seed),
                outcome.broken->c_str());
    return arguments.all;
  });
  return count;
}

// The failure that needs the fewest faults, and of those the one with the shortest story.
int tell_shortest(const Arguments& arguments) {
  for (unsigned faults = 0; faults < 10; ++faults) {
    auto plan = plan_of(arguments);
    plan.most_faults = faults;
    plan.transcript = true;
    std::optional<Outcome> best;
    run_swarm(plan, arguments.seeds, [&](const Outcome& outcome) {
      const bool better = !best || outcome.transcript.size() < best->transcript.size();
      if (outcome.broken && better) best = outcome;
      return true;
    });
    if (!best) continue;
    std::printf("seed %llu, %u faults\n", static_cast<unsigned long long>(best->seed), faults);
    print(best->transcript);
    return 1;
  }
  std::printf("no failure\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse(argc, argv);
  if (!arguments) {
    std::fprintf(stderr,
                 "usage: redvip_sim [--seeds N] [--first S] [--all] [KIND]\n"
                 "       redvip_sim --seed S [--trace] [--shrink] [KIND]\n"
                 "       redvip_sim [--seeds N] --shortest [KIND]\n"
                 "KIND: [--mutant NAME] [--slow-streams | --restarts]\n");
    return 6;
  }
  if (arguments->shortest) return tell_shortest(*arguments);
  const auto began = std::chrono::steady_clock::now();
  const auto count = run(*arguments);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (arguments->trace) {
    auto plan = plan_of(*arguments);
    plan.transcript = true;
    print(simulate(plan).transcript);
  } else if (count.failed && (!arguments->all || arguments->shrink)) {
    auto failing = plan_of(*arguments);
    failing.seed = *count.failed;
    auto plan = shrunk(failing);
    plan.transcript = true;
    const auto least = simulate(plan);
    std::printf("with at most %u faults: %s\n", plan.most_faults,
                least.broken.value_or("").c_str());
    print(least.transcript);
  }
  std::printf(
      "%llu seeds, %llu failures, %llu asked an operator, %.1f virtual hours in %.1f s (%.0f "
      "seeds/s)\n",
      static_cast<unsigned long long>(count.seeds), static_cast<unsigned long long>(count.failures),
      static_cast<unsigned long long>(count.asked), count.hours, took.count(),
      static_cast<double>(count.seeds) / took.count());
  return count.failures == 0 ? 0 : 1;
}

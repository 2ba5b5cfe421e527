// redvip_sim --seeds N [--first S] [--all] [--mutant NAME], or --seed S --trace. The first failure
// ends it with its transcript; --all counts them instead.
#include <chrono>
#include <cstdio>
#include <string>

#include "sim/simulation.hpp"

namespace {

using namespace redvip::sim;

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t seeds = 200;
  bool trace = false;
  bool all = false;
  Mutant mutant = Mutant::none;
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

void print(const std::vector<std::string>& lines, std::size_t most) {
  std::vector<std::string> telling;
  for (const auto& line : lines) {
    if (line.size() > 11) telling.push_back(line);  // more than the time
  }
  const auto skipped = telling.size() > most ? telling.size() - most : 0;
  for (auto i = skipped; i < telling.size(); ++i) std::printf("%s\n", telling[i].c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse(argc, argv);
  if (!arguments) {
    std::fprintf(stderr,
                 "usage: redvip_sim [--seeds N] [--first S] [--all] [--mutant NAME]\n"
                 "       redvip_sim --seed S [--trace]\n");
    return 6;
  }
  const auto began = std::chrono::steady_clock::now();
  std::uint64_t failures = 0;
  double hours = 0;
  for (std::uint64_t i = 0; i < arguments->seeds; ++i) {
    const auto seed = arguments->first + i;
    const auto outcome = simulate(seed, arguments->trace, arguments->mutant);
    hours += outcome.virtual_seconds / 3600;
    if (arguments->trace) print(outcome.transcript, outcome.transcript.size());
    if (!outcome.broken) continue;
    ++failures;
    std::printf("seed %llu breaks %s\n", static_cast<unsigned long long>(seed),
                outcome.broken->c_str());
    if (arguments->all) continue;
    if (!arguments->trace) print(simulate(seed, true, arguments->mutant).transcript, 40);
    break;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%llu seeds, %llu failures, %.1f virtual hours in %.1f s\n",
              static_cast<unsigned long long>(arguments->seeds),
              static_cast<unsigned long long>(failures), hours, took.count());
  return failures == 0 ? 0 : 1;
}

// redvip_conformance [--dut redvip|keepalived|both] [--jobs N] [CASE...]
// Runs the cases, by default all of them against redvip, and prints one line for each. Exit status:
// 0, or 1 when redvip fails one, or 2 for wrong arguments. Needs root.
#include <algorithm>
#include <charconv>
#include <iomanip>
#include <iostream>
#include <optional>

#include "conformance/pool.hpp"

namespace redvip::conformance {
namespace {

struct Arguments {
  std::vector<Kind> devices{Kind::redvip};
  std::size_t jobs = 10;  // they mostly wait
  std::vector<std::string> ids{};
};

std::optional<std::vector<Kind>> devices(const std::string& name) {
  if (name == "redvip") return {{Kind::redvip}};
  if (name == "keepalived") return {{Kind::keepalived}};
  if (name == "both") return {{Kind::redvip, Kind::keepalived}};
  return std::nullopt;
}

bool read_option(Arguments& arguments, const std::string& option, const std::string& value) {
  if (option == "--dut") {
    const auto chosen = devices(value);
    if (chosen) arguments.devices = *chosen;
    return chosen.has_value();
  }
  const char* end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, arguments.jobs);
  return option == "--jobs" && read.ec == std::errc{} && read.ptr == end && arguments.jobs > 0;
}

std::optional<Arguments> parse(const std::vector<std::string>& words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].rfind("--", 0) != 0) {
      arguments.ids.push_back(words[i]);
    } else if (i + 1 == words.size() || !read_option(arguments, words[i], words[i + 1])) {
      return std::nullopt;
    } else {
      ++i;
    }
  }
  return arguments;
}

// A case is chosen by its id, or its id's beginning.
bool is_chosen(const Case& one, const std::vector<std::string>& ids) {
  return ids.empty() || std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
           return one.id.rfind(id, 0) == 0;
         });
}

// By their ids, but those that load the machine at the end.
std::vector<Case> chosen_cases(const std::vector<std::string>& ids) {
  std::vector<Case> chosen;
  for (const auto& group :
       {transmission_cases(), announcement_cases(), reception_cases(), v2_reception_cases(),
        ah_cases(), state_cases(), data_cases(), noise_cases()}) {
    std::copy_if(group.begin(), group.end(), std::back_inserter(chosen),
                 [&](const Case& one) { return is_chosen(one, ids); });
  }
  const auto place = [](const Case& one) { return std::pair{one.turn == Turn::last, one.id}; };
  std::sort(chosen.begin(), chosen.end(),
            [&](const Case& left, const Case& right) { return place(left) < place(right); });
  return chosen;
}

std::string text(const Verdict& verdict) {
  const std::string again = verdict.again ? " (at the second attempt)" : "";
  switch (verdict.result) {
    case Result::pass:
      return "pass" + again;
    case Result::fail:
      return "FAIL: " + verdict.why;
    case Result::not_applicable:
      return "n/a: " + verdict.why;
  }
  return "?";
}

// How many of redvip's failed.
int report(std::vector<Job>& jobs, const Case& one) {
  int failures = 0;
  std::cout << std::left << std::setw(16) << one.id << std::setw(76) << one.title;
  std::string separator;
  for (Job& job : jobs) {
    if (&job.of != &one) continue;
    const Verdict verdict = job.verdict.get_future().get();
    if (verdict.result == Result::fail && job.kind == Kind::redvip) ++failures;
    std::cout << separator << to_text(job.kind) << ": " << text(verdict) << std::flush;
    separator = "; ";
  }
  std::cout << std::endl;
  return failures;
}

int run(const Arguments& arguments) {
  constexpr std::size_t one_per_core = 2;
  const auto cases = chosen_cases(arguments.ids);
  int failures = 0;
  for (const bool last : {false, true}) {
    std::vector<Job> jobs;
    for (const Case& one : cases) {
      if ((one.turn == Turn::last) != last) continue;
      for (const Kind kind : arguments.devices) jobs.push_back({one, kind});
    }
    const Pool pool{jobs, last ? one_per_core : arguments.jobs};
    for (const Case& one : cases) {
      if ((one.turn == Turn::last) == last) failures += report(jobs, one);
    }
  }
  return failures;
}

}  // namespace
}  // namespace redvip::conformance

int main(int argc, char** argv) {
  namespace conformance = redvip::conformance;
  const auto arguments = conformance::parse({argv + 1, argv + argc});
  if (!arguments) {
    std::cerr << "usage: redvip_conformance [--dut redvip|keepalived|both] [--jobs N] [CASE...]\n";
    return 2;
  }
  return conformance::run(*arguments) == 0 ? 0 : 1;
}

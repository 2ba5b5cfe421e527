// How findings are shown.
#include <algorithm>

#include <boost/json.hpp>

#include "daemon/check_report.hpp"

namespace redvip::daemon {

namespace {

std::string counted(std::ptrdiff_t count, const std::string& word) {
  return std::to_string(count) + ' ' + word + (count == 1 ? "" : "s");
}

}  // namespace

std::string joined(const std::vector<std::string>& words, const std::string& before,
                   const std::string& between) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : between) + before + word;
  return text;
}

std::string Finding::line() const {
  const char* words[] = {"OK       ", "WARNING  ", "PROBLEM  "};
  return words[static_cast<int>(level)] + sentence();
}

std::string Finding::sentence() const {
  return subject + ": " + text + (cure.empty() ? "" : " - " + cure);
}

std::string to_json_line(const Finding& finding) {
  const char* words[] = {"ok", "warning", "problem"};
  return boost::json::serialize(
      boost::json::object{{"level", words[static_cast<int>(finding.level)]},
                          {"subject", finding.subject},
                          {"text", finding.text},
                          {"cure", finding.cure}});
}

bool any_problem(const Findings& findings) {
  return std::ranges::find(findings, Level::problem, &Finding::level) != findings.end();
}

std::string summary(const Findings& findings, bool offline) {
  const auto problems = std::ranges::count(findings, Level::problem, &Finding::level);
  const auto warnings = std::ranges::count(findings, Level::warning, &Finding::level);
  std::vector<std::string> counts;
  if (problems > 0) counts.push_back(counted(problems, "problem"));
  if (warnings > 0) counts.push_back(counted(warnings, "warning"));
  const std::string verdict = problems > 0 ? "not ready" : offline ? "the file is good" : "ready";
  return joined(counts, "", ", ") + (counts.empty() ? "" : ": ") + verdict;
}

}  // namespace redvip::daemon

// What `dev demo` shows: both nodes side by side, the client's writes as they are acknowledged, and
// one line for each thing that happened. Redrawn in place on a terminal, plain lines elsewhere.
#pragma once

#include <string>
#include <vector>

#include "lab/lab.hpp"

namespace redvip::lab {

struct DemoResult {
  std::string fault;
  double gap_ms = 0;
  std::size_t acknowledged = 0;
  std::size_t lost = 0;
  std::string serves;
};

class DemoView {
 public:
  DemoView(const Lab& lab, bool terminal);
  ~DemoView();  // gives the cursor back
  DemoView(const DemoView&) = delete;
  DemoView& operator=(const DemoView&) = delete;

  void say(const std::string& line);        // what happens now
  void conclude(const DemoResult& result);  // one line that stays
  void draw();                              // on a terminal only
  void print_table() const;

 private:
  [[nodiscard]] std::vector<std::string> picture() const;

  const Lab& lab_;
  const bool terminal_;
  const Clock::time_point started_ = Clock::now();
  std::size_t drawn_lines_ = 0;
  std::string now_;
  std::vector<DemoResult> results_{};
};

}  // namespace redvip::lab

// What redvip import says about keepalived's files: one remark per finding, each with its place.
#pragma once

#include <string>
#include <vector>

namespace redvip::keepalived {

struct Place {
  std::string file;
  int line = 0;  // from 1; 0: the file as a whole

  [[nodiscard]] std::string text() const;
  bool operator==(const Place&) const = default;
};

enum class Kind {
  mapped,   // it is in the TOML
  ours,     // redvip does it by itself
  dropped,  // it is not in the TOML, and why
  mistake,  // the old file did not do what it says
  error,    // nothing is written because of it
};

struct Remark {
  Kind kind = Kind::mapped;
  Place at;
  std::string text;
  std::string cure;  // what to do about it; may be empty
};

class Diagnosis {
 public:
  void mapped(const Place& at, std::string text, std::string cure = {});
  void ours(const Place& at, std::string text, std::string cure = {});
  void dropped(const Place& at, std::string text, std::string cure = {});
  void mistake(const Place& at, std::string text, std::string cure = {});
  void error(const Place& at, std::string text, std::string cure = {});

  [[nodiscard]] bool refused() const;  // there is an error
  [[nodiscard]] const std::vector<Remark>& remarks() const { return remarks_; }
  // "file:line: mapped: text - cure", the most pressing last. What is said of several places is one
  // line. Whatever a file holds, a terminal is not disturbed by it.
  [[nodiscard]] std::vector<std::string> lines() const;
  [[nodiscard]] std::string summary() const;  // "12 mapped, 3 done by redvip, 2 dropped, ..."

 private:
  std::vector<Remark> remarks_;
};

}  // namespace redvip::keepalived

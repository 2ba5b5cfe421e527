// Runs cases beside one another, each in namespaces of its own: they mostly wait.
#pragma once

#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "conformance/case.hpp"

namespace redvip::conformance {

enum class Result : std::uint8_t { pass, fail, not_applicable };

struct Verdict {
  Result result = Result::pass;
  std::string why{};
  bool again = false;  // it failed once, which a busy machine explains
};

struct Job {
  const Case& of;
  Kind kind;
  std::promise<Verdict> verdict{};
};

class Pool {
 public:
  Pool(std::vector<Job>& jobs, std::size_t workers);
  ~Pool();  // when all jobs are done
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

 private:
  Job* take();
  void work();

  std::vector<Job*> waiting_;
  std::mutex mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace redvip::conformance

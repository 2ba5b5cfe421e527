#include "conformance/pool.hpp"

#include <algorithm>

#include "conformance/exceptions.hpp"

namespace redvip::conformance {
namespace {

Verdict attempt(const Case& one, Kind kind) {
  try {
    one.run(kind);
    return {};
  } catch (const NotApplicable& reason) {
    return {Result::not_applicable, reason.what()};
  } catch (const Failure& failure) {
    return {Result::fail, failure.what()};
  } catch (const std::exception& error) {
    return {Result::fail, std::string{"the test itself: "} + error.what()};
  }
}

Verdict judge(const Case& one, Kind kind) {
  const auto exception = exceptions().find(one.id);
  if (kind == Kind::redvip && exception != exceptions().end()) {
    return {Result::not_applicable, exception->second};
  }
  const Verdict first = attempt(one, kind);
  if (first.result != Result::fail) return first;
  Verdict second = attempt(one, kind);
  second.again = true;
  return second;
}

}  // namespace

Pool::Pool(std::vector<Job>& jobs, std::size_t workers) {
  for (Job& job : jobs) waiting_.push_back(&job);
  std::stable_partition(waiting_.begin(), waiting_.end(),
                        [](const Job* job) { return job->of.turn == Turn::first; });
  std::reverse(waiting_.begin(), waiting_.end());
  for (std::size_t i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
}

Pool::~Pool() {
  for (std::thread& thread : threads_) thread.join();
}

Job* Pool::take() {
  const std::lock_guard lock{mutex_};
  if (waiting_.empty()) return nullptr;
  Job* job = waiting_.back();
  waiting_.pop_back();
  return job;
}

void Pool::work() {
  while (Job* job = take()) job->verdict.set_value(judge(job->of, job->kind));
}

}  // namespace redvip::conformance

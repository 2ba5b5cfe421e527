// status.json beside a loop that is busy.
#include "daemon/status_writer.hpp"

#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <filesystem>

#include "catch.hpp"

using namespace redvip;
using namespace redvip::daemon;

namespace {

namespace fs = std::filesystem;

struct Written {
  ~Written() {
    writer.stop();
    fs::remove(path);
  }

  void run_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 1000 && !condition(); ++i) io.run_one_for(std::chrono::milliseconds{10});
    REQUIRE(condition());
  }

  const std::string path =
      fs::temp_directory_path() / ("redvip-status-" + std::to_string(::getpid()) + ".json");
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  int described = 0;
  int failed = 0;
  StatusWriter writer{io, path,
                      [this] {
                        ++described;
                        return DaemonStatus{};
                      },
                      [this](const Error&) { ++failed; }};
};

}  // namespace

TEST_CASE("a status that is on its way is followed by one more, however often it is asked for") {
  Written status;
  for (int i = 0; i < 1000; ++i) status.writer.write();
  CHECK(status.described == 1);  // the loop has not come round to hear that it is written
  status.run_until([&] { return status.described == 2; });
  status.io.run_for(std::chrono::milliseconds{100});
  CHECK(status.described == 2);
  CHECK(fs::exists(status.path));
}

TEST_CASE("changes that come together are written together") {
  Written status;
  for (int i = 0; i < 1000; ++i) status.writer.write_soon();
  CHECK(status.described == 0);
  status.run_until([&] { return status.described == 1 && fs::exists(status.path); });
}

TEST_CASE("a status that cannot be written is told, and the next is tried again") {
  Written status;
  fs::create_directory(status.path);
  status.writer.write();
  status.run_until([&] { return status.failed == 1; });
  fs::remove(status.path);
  status.writer.write();
  status.run_until([&] { return fs::exists(status.path); });
}

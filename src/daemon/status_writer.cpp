#include "daemon/status_writer.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "core/pace.hpp"
#include "daemon/clock.hpp"
#include "daemon/files.hpp"

namespace redvip::daemon {
namespace {

constexpr Millis least_delay{20};
constexpr Millis most_delay{500};

}  // namespace

StatusWriter::StatusWriter(boost::asio::io_context& io, std::string path, Describe describe,
                           Failed failed)
    : io_{io},
      path_{std::move(path)},
      describe_{std::move(describe)},
      failed_{std::move(failed)},
      soon_{io},
      delay_{least_delay} {}

void StatusWriter::write() {
  due_soon_ = false;
  if (under_way_) {
    wanted_again_ = true;
    return;
  }
  under_way_ = true;
  began_ = now();
  boost::asio::post(thread_, [this, what = describe_()] {
    auto result = write_whole(path_, [&](const Part& part) { write_json(what, part); });
    boost::asio::post(io_, [this, result = std::move(result)] { written(result); });
  });
}

void StatusWriter::written(const Result<void>& result) {
  if (!result) failed_(result.error());
  delay_ = std::max<Micros>(least_delay, rest_after(now() - began_, most_delay));
  under_way_ = false;
  if (std::exchange(wanted_again_, false)) write_soon();
}

void StatusWriter::write_soon() {
  if (std::exchange(due_soon_, true)) return;
  soon_.expires_after(delay_);
  soon_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && due_soon_) write();
  });
}

void StatusWriter::stop() {
  soon_.cancel();
  thread_.join();
}

}  // namespace redvip::daemon

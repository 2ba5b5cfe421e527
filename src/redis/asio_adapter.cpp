#include "redis/asio_adapter.hpp"

#include <hiredis/async.h>

#include <memory>
#include <utility>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include "redis/tls.hpp"

namespace redvip::redis {
namespace {

using Descriptor = boost::asio::posix::stream_descriptor;

// Lives from attach() to the cleanup hook, and on until its last wait handler has run: hiredis may
// free the context inside a handler, or while a cancelled one is still queued.
class Adapter : public std::enable_shared_from_this<Adapter> {
 public:
  Adapter(boost::asio::io_context& io, redisAsyncContext* context)
      : socket_{io, context->c.fd}, context_{context} {}

  void install() {
    self_ = shared_from_this();
    auto& hooks = context_->ev;
    hooks.data = this;
    hooks.addRead = [](void* data) { of(data).want(of(data).read_); };
    hooks.delRead = [](void* data) { of(data).read_.wanted = false; };
    hooks.addWrite = [](void* data) { of(data).want_to_write(); };
    hooks.delWrite = [](void* data) { of(data).write_.wanted = false; };
    hooks.cleanup = [](void* data) { of(data).clean_up(); };
  }

 private:
  struct Direction {
    Descriptor::wait_type wait;
    void (*handle)(redisAsyncContext*);
    bool wanted = false;   // by hiredis
    bool waiting = false;  // at Asio
  };

  static Adapter& of(void* data) { return *static_cast<Adapter*>(data); }

  // hiredis repeats its wishes; one wait is enough.
  void want(Direction& direction) {
    direction.wanted = true;
    if (direction.waiting) return;
    direction.waiting = true;
    socket_.async_wait(direction.wait,
                       [self = shared_from_this(), &direction](auto) { self->ready(direction); });
  }

  // A connected socket nearly always has room: when the caller is done, writing is tried without a
  // wait, which spares each command two system calls.
  void want_to_write() {
    write_.wanted = true;
    if (writing_ || write_.waiting) return;
    if ((context_->c.flags & REDIS_CONNECTED) == 0) return want(write_);
    if (std::exchange(trying_, true)) return;
    boost::asio::post(socket_.get_executor(), [self = shared_from_this()] {
      self->trying_ = false;
      if (!self->write_.waiting) self->ready(self->write_);
    });
  }

  void ready(Direction& direction) {
    direction.waiting = false;
    if (context_ == nullptr || !direction.wanted) return;
    clear_tls_errors();
    writing_ = &direction == &write_;
    direction.handle(context_);
    writing_ = false;
    if (context_ != nullptr && direction.wanted) want(direction);
  }

  // Called by hiredis before it closes the socket, by 1.2 perhaps twice.
  void clean_up() {
    if (context_ == nullptr) return;
    context_ = nullptr;
    read_.wanted = write_.wanted = false;
    socket_.release();
    const auto last = std::move(self_);
  }

  Descriptor socket_;
  redisAsyncContext* context_;
  Direction read_{Descriptor::wait_read, redisAsyncHandleRead};
  Direction write_{Descriptor::wait_write, redisAsyncHandleWrite};
  bool trying_ = false;   // to write, when the caller is done
  bool writing_ = false;  // hiredis is: what it wants more has to wait for room
  std::shared_ptr<Adapter> self_;
};

}  // namespace

void attach(boost::asio::io_context& io, redisAsyncContext* context) {
  std::make_shared<Adapter>(io, context)->install();
}

}  // namespace redvip::redis

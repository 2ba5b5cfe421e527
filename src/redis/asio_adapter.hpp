// hiredis's asynchronous API on Boost.Asio: hiredis ships adapters for many event loops, but not
// for this one (async.h, the `ev` hooks). Written to hiredis 0.14.1; the same on 1.2.
#pragma once

#include <boost/asio/io_context.hpp>

struct redisAsyncContext;

namespace redvip::redis {

// Lets `io` drive a fresh context (err == 0, nothing attached), until hiredis frees it. hiredis
// keeps owning and closing the socket. `io` must outlive the context and run on one thread.
void attach(boost::asio::io_context& io, redisAsyncContext* context);

}  // namespace redvip::redis

// Where a Redis on this host writes its RDB file.
#pragma once

#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "core/result.hpp"
#include "core/types.hpp"
#include "redis/tls.hpp"

namespace redvip::daemon {

// CONFIG GET dir and dbfilename, within 2 s. `found` is called exactly once, from `io`.
void find_rdb(boost::asio::io_context& io, Endpoint redis, const std::string& username,
              const std::string& password, const std::shared_ptr<redis::Tls>& tls,
              std::function<void(Result<std::string>)> found);

}  // namespace redvip::daemon

#include "daemon/dataset_keeper.hpp"

#include <hiredis/hiredis.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "daemon/files.hpp"

namespace redvip::daemon {
namespace {

struct Free {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Context = std::unique_ptr<redisContext, Free>;
using Reply = std::unique_ptr<redisReply, Free>;

Result<std::string> config_get(redisContext& context, const char* name) {
  const Reply reply{static_cast<redisReply*>(redisCommand(&context, "CONFIG GET %s", name))};
  if (!reply) return failure(context.errstr, "CONFIG GET");
  if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) {
    return failure(reply->str != nullptr ? reply->str : "no such setting", "CONFIG GET");
  }
  return std::string{reply->element[1]->str, reply->element[1]->len};
}

// Blocking, with a short limit: Redis has just answered, it is on this host, and this happens only
// while the node holds back and advertises nothing.
Result<std::string> rdb_path(Endpoint redis, const RedisConfig& access) {
  const timeval limit{0, 500'000};
  const Context context{redisConnectWithTimeout(redis.address.text().c_str(), redis.port, limit)};
  if (!context || context->err != 0) return failure("cannot connect", redis.text());
  redisSetTimeout(context.get(), limit);
  if (!access.password.empty()) {
    const Reply let_in{static_cast<redisReply*>(
        access.username.empty() ? redisCommand(context.get(), "AUTH %s", access.password.c_str())
                                : redisCommand(context.get(), "AUTH %s %s", access.username.c_str(),
                                               access.password.c_str()))};
  }
  const auto folder = config_get(*context, "dir");
  if (!folder) return folder;
  const auto file = config_get(*context, "dbfilename");
  if (!file) return file;
  return *folder + '/' + *file;
}

}  // namespace

void keep_rdb_file(Endpoint redis, const RedisConfig& access, const std::string& folder,
                   const std::string& file_name, Children& children,
                   std::function<void(Result<std::string>)> kept) {
  const auto target = folder + '/' + file_name;
  const auto source = rdb_path(redis, access);
  if (!source) return kept(tl::unexpected(source.error()));
  if (const auto made = make_directory(folder); !made) return kept(tl::unexpected(made.error()));
  if (::link(source->c_str(), target.c_str()) == 0) return kept(target);
  if (errno != EXDEV && errno != EPERM && errno != EMLINK) {
    return kept(failure(std::string{"cannot keep the RDB file: "} + std::strerror(errno), *source));
  }
  children.start({"cp", "--reflink=auto", *source, target}, {}, Seconds{600},
                 [target, kept = std::move(kept)](Result<void> copied) {
                   if (!copied) return kept(tl::unexpected(copied.error()));
                   kept(target);
                 });
}

}  // namespace redvip::daemon

// hiredis's asynchronous API asserts, and so aborts the process, when a reply arrives that no
// command is waiting for (async.c, redisProcessCallbacks). A stranger on the Redis port must not be
// able to end the daemon, so such a reply is made a protocol error before hiredis counts it.
#pragma once

struct redisAsyncContext;

namespace redvip::redis {

// For a fresh context that never subscribes. An unasked reply then ends the connection with
// err == REDIS_ERR_OOM, which is the only refusal that hiredis's reader takes from outside. An
// unasked error reply passes: hiredis handles it (err == REDIS_ERR_OTHER).
void guard_replies(redisAsyncContext* context);

// In a reply callback: the reader's buffer, twice the size of the longest answer (10 kB after an
// INFO), is given back where all of it has been read. hiredis would keep it for the next answer,
// which is most of what a service would have of the daemon's memory.
void give_back_buffer(redisAsyncContext& context);

}  // namespace redvip::redis

#include "redis/reply_guard.hpp"

#include <hiredis/async.h>

#include <utility>

namespace redvip::redis {
namespace {

using Functions = redisReplyObjectFunctions;

const Functions& originals() {
  static const Functions functions = [] {
    auto* reader = redisReaderCreate();
    const auto copy = *reader->fn;
    redisReaderFree(reader);
    return copy;
  }();
  return functions;
}

bool unasked(const redisReadTask* task) {
  const auto* context = static_cast<const redisAsyncContext*>(task->privdata);
  return task->parent == nullptr && task->type != REDIS_REPLY_ERROR &&
         context->replies.head == nullptr;
}

// Stands before one of hiredis's creators of reply objects. Their arguments differ by version.
template <auto create>
struct Guarded;
template <class... Arguments, void* (*Functions::*create)(const redisReadTask*, Arguments...)>
struct Guarded<create> {
  static void* call(const redisReadTask* task, Arguments... arguments) {
    return unasked(task) ? nullptr : (originals().*create)(task, arguments...);
  }
};

template <class Table>
Table guard(Table functions) {
  functions.createString = Guarded<&Table::createString>::call;
  functions.createArray = Guarded<&Table::createArray>::call;
  functions.createInteger = Guarded<&Table::createInteger>::call;
  functions.createNil = Guarded<&Table::createNil>::call;
  if constexpr (requires { &Table::createDouble; }) {  // hiredis 1.0: RESP3
    functions.createDouble = Guarded<&Table::createDouble>::call;
    functions.createBool = Guarded<&Table::createBool>::call;
  }
  return functions;
}

}  // namespace

void guard_replies(redisAsyncContext* context) {
  // hiredis only reads the table, but its pointer is not const. Static, because a reader uses the
  // table until the very end of its context.
  static const Functions guarded = guard(originals());
  context->c.reader->fn = const_cast<Functions*>(&guarded);
  context->c.reader->privdata = context;
}

// hiredis takes its reader anew from the context for each reply, and has no other way for this.
// Another answer that was read with this one is still in it: then the next one gives it back.
void give_back_buffer(redisAsyncContext& context) {
  auto*& reader = context.c.reader;
  if (reader->pos != reader->len) return;
  auto* fresh = redisReaderCreateWithFunctions(reader->fn);
  if (fresh == nullptr) return;
  fresh->privdata = reader->privdata;
  redisReaderFree(std::exchange(reader, fresh));
}

}  // namespace redvip::redis

// What only the local Redis has, read and copied into state_dir before it follows another.
#include <unistd.h>

#include "daemon/clock.hpp"
#include "daemon/divergence_store.hpp"
#include "daemon/service_runner.hpp"

namespace redvip::daemon {

void ServiceRunner::read_tail(const action::ReadTail& wanted) {
  part_ = wanted;
  tail_.reset();
  reading_tail_ = true;
  ++commands_under_way_;
  ::unlink(tail_file().c_str());
  (void)make_directory(diverged_folder());  // if it fails, so does the file, and that is told
  const auto& redis = site().service.redis;
  redis::TailRequest request{local_redis(),
                             redis.username,
                             redis.password,
                             {wanted.replid, wanted.fork + 1, wanted.until},
                             tail_file()};
  request.tls = tls_;
  redis::capture_tail(
      machinery_.io, request, [this, weak = std::weak_ptr{alive_}](Result<redis::TailReport> read) {
        if (weak.expired()) return;
        reading_tail_ = false;
        --commands_under_way_;
        if (read) tail_ = *read;
        tail_problem_ = read ? std::string{} : read.error().text();
        deliver(event::TailRead{
            read ? std::optional{read->commands} : std::nullopt,
            read ? std::to_string(read->commands) + " commands of clients, " +
                       std::to_string(read->command_bytes) + " bytes"
                 : "the writes that only it has could not be read (" + tail_problem_ + ')'});
        if (exiting_) finish();
      });
}

void ServiceRunner::keep_dataset(const action::KeepDataset& wanted) {
  const auto& redis = site().service.redis;
  // What is left of an earlier divergence tells nothing of this one.
  const auto part = wanted.with_tail ? part_ : std::nullopt;
  SaveRequest request{
      diverged_folder(),
      site().service.name,
      utc_now(),
      local_redis(),
      redis.username,
      redis.password,
      {wanted.owner, wanted.why, {}, 0, 0},
      {static_cast<std::size_t>(redis.saves), static_cast<std::uint64_t>(redis.saves_mb) << 20},
      tail_file(),
      part ? tail_ : std::nullopt,
      part ? tail_problem_ : "it is not known where the histories parted"};
  request.tls = tls_;
  if (part) {
    request.divergence.replid = part->replid;
    request.divergence.fork = part->fork;
    request.divergence.until = part->until;
  }
  keep_divergence(machinery_.io, machinery_.children, std::move(request),
                  [this, weak = std::weak_ptr{alive_}](Result<Kept> kept) {
                    if (weak.expired()) return;
                    if (kept && !kept->problem.empty()) {
                      machinery_.log.warning(site().service.name + ": " + kept->problem);
                    }
                    deliver(event::DatasetKept{kept ? Result<std::string>{kept->path}
                                                    : tl::unexpected(kept.error())});
                  });
}

}  // namespace redvip::daemon

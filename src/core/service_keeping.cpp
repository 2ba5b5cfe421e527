// What a diverged dataset has is saved before it follows: the writes that only it has are read,
// then BGSAVE, wait for it, keep the file. One step per look.
#include "core/service.hpp"

namespace redvip {
namespace {

constexpr Seconds patience_with_bgsave{10};

}  // namespace

void Service::keep_dataset(const std::string& why, NodeIndex owner, const Comparison& comparison) {
  using Step = Keeping::Step;
  const auto* mine = local();
  reason_ = "saving the local dataset before it follows: " + why;
  // Of Redis's own save points, say: ours begins when theirs is over.
  const auto patience = mine->bgsave_in_progress ? Seconds{1} : patience_with_bgsave;
  const auto waited = now_ - keeping_.since;
  switch (keeping_.step) {
    case Step::idle:
      keeping_ = {Step::asked, now_, why, std::nullopt, {}};
      if (comparison.exact && comparison.common >= 0) keeping_.bytes = comparison.mine_only;
      if (comparison.common < 0 || !comparison.exact) {
        keeping_.tail = "which writes only it has cannot be told, its replication ID is forgotten";
        return command(site_.self, command::SaveDataset{});
      }
      keeping_.step = Step::reading;
      commanded_at_ = now_;  // it is a master for a moment, which is our own doing
      return order(action::ReadTail{mine->replid, comparison.common, mine->applied_offset()});
    case Step::asked:
      if (const auto* finished = done<command::SaveDataset>(site_.self)) {
        if (finished->error) return try_keeping_again(finished->error->text());
        keeping_.step = Step::saving;
      } else if (waited >= patience) {
        keeping_.since = now_;
        command(site_.self, command::SaveDataset{});
      }
      return;
    case Step::saving:
      if (!observed(site_.self) || mine->bgsave_in_progress) return;
      if (!mine->last_bgsave_ok) return try_keeping_again("BGSAVE failed, see the Redis log");
      keeping_.step = Step::copying;
      return order(action::KeepDataset{site_.name(owner), keeping_.why, keeping_.tail_read});
    case Step::reading:
    case Step::copying:
    case Step::kept:
      return;
  }
}

// Without a single command of a client among them, the bytes are Redis's own PINGs.
void Service::tail_read(const event::TailRead& tail) {
  if (keeping_.step != Keeping::Step::reading) return;
  keeping_.tail = tail.text;
  keeping_.tail_read = true;
  commanded_at_ = now_;
  keeping_.since = now_;
  if (tail.commands && *tail.commands == 0) {
    keeping_.step = Keeping::Step::kept;
    return note(false, keeping_.why + "; but no client wrote any of it: nothing to save");
  }
  keeping_.step = Keeping::Step::asked;
  keeping_.since = now_ - patience_with_bgsave;  // at once
}

void Service::dataset_kept(const event::DatasetKept& kept) {
  if (keeping_.step != Keeping::Step::copying) return;
  if (!kept.path) return try_keeping_again(kept.path.error().text());
  keeping_.step = Keeping::Step::kept;
  record(keeping_.why + "; kept in " + *kept.path + ": " + keeping_.tail, Motive::diverged,
         Toll{std::nullopt, keeping_.bytes, *kept.path});
}

void Service::try_keeping_again(const std::string& problem) {
  note(true, "could not save the diverged dataset: " + problem);
  keeping_.step = Keeping::Step::asked;
  keeping_.since = now_;
}

}  // namespace redvip

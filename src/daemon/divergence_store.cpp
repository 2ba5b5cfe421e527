#include "daemon/divergence_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include "daemon/files.hpp"
#include "daemon/rdb_finder.hpp"

namespace redvip::daemon {
namespace {

namespace fs = std::filesystem;

constexpr Micros copy_limit = Seconds{600};
constexpr Micros disk_limit = Seconds{60};

std::uint64_t size_of(const fs::path& folder) {
  std::uint64_t total = 0;
  std::error_code error;
  for (const auto& file : fs::directory_iterator{folder, error}) {
    const auto size = file.is_regular_file(error) ? file.file_size(error) : 0;
    if (!error) total += size;
  }
  return total;
}

std::vector<Save> saves_in(const fs::path& folder, const std::string& service) {
  std::vector<Save> saves;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{folder, error}) {
    const auto name = entry.path().filename().string();
    const auto kind = entry.symlink_status(error).type();
    if (error || kind != fs::file_type::directory || !is_save_of(service, name)) continue;
    saves.push_back({name, size_of(entry.path())});
  }
  return saves;
}

// Only ours to look into. That it is new keeps two saves apart.
Result<void> make_private_directory(const std::string& folder, const std::string& path) {
  if (const auto made = make_directory(folder); !made) return made;
  std::error_code error;
  const bool fresh = fs::create_directory(path, error);
  if (!error && !fresh) return failure("there is one already", path);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (error) return failure("cannot create the directory: " + error.message(), path);
  return {};
}

}  // namespace

// One save, step by step. Each step's callback keeps it alive.
class Keeping : public std::enable_shared_from_this<Keeping> {
 public:
  using Done = std::function<void(Result<Kept>)>;

  Keeping(boost::asio::io_context& io, Children& children, SaveRequest request, Done done)
      : io_{io}, children_{children}, request_{std::move(request)}, done_{std::move(done)} {
    kept_.path = request_.folder + '/' + save_name(request_.service, request_.utc);
  }

  void start() {
    find_rdb(io_, request_.redis, request_.username, request_.password, request_.tls,
             [self = shared_from_this()](Result<std::string> source) {
               if (!source) return self->give_up(std::move(source.error()));
               self->keep_dataset(*source);
             });
  }

 private:
  void keep_dataset(const std::string& source);
  void keep_tail();
  void write_readme();
  void write_through();
  void prune();
  void run(std::vector<std::string> argv, Micros limit,
           std::function<void(Keeping&, Result<void>)> then);
  void give_up(Error why);

  boost::asio::io_context& io_;
  Children& children_;
  SaveRequest request_;
  Done done_;
  Kept kept_;
};

void Keeping::keep_dataset(const std::string& source) {
  if (auto made = make_private_directory(request_.folder, kept_.path); !made) {
    return done_(tl::unexpected<Error>(std::move(made.error())));
  }
  if (::faccessat(AT_FDCWD, source.c_str(), R_OK, AT_EACCESS) != 0) {
    const bool rights = errno == EACCES;
    std::string why = std::string{"cannot keep the RDB file: "} + std::strerror(errno);
    if (rights) {
      why +=
          "; make redvip's user a member of Redis's group (`adduser redvip redis`), let that "
          "group read the file, and restart redvip";
    }
    return give_up({why, source});
  }
  const auto target = kept_.path + "/dataset.rdb";
  if (::link(source.c_str(), target.c_str()) == 0) return keep_tail();
  if (errno != EXDEV && errno != EPERM && errno != EMLINK) {
    return give_up({std::string{"cannot keep the RDB file: "} + std::strerror(errno), source});
  }
  run({"cp", "--reflink=auto", "--", source, target}, copy_limit,
      [](Keeping& self, Result<void> copied) {
        if (!copied) return self.give_up(std::move(copied.error()));
        self.keep_tail();
      });
}

void Keeping::keep_tail() {
  if (request_.tail) {
    std::error_code error;
    fs::rename(request_.tail_file, kept_.path + "/tail.resp", error);
    if (error) {
      request_.tail.reset();
      request_.tail_problem = "cannot move " + request_.tail_file + ": " + error.message();
    }
  }
  kept_.problem = request_.tail_problem;
  write_readme();
}

// Without it the dataset is kept all the same.
void Keeping::write_readme() {
  const Readme readme{request_.service,    request_.utc,  request_.redis,       kept_.path,
                      request_.divergence, request_.tail, request_.tail_problem};
  const auto written = write_whole(kept_.path + "/README.txt", text_of(readme));
  if (!written && kept_.problem.empty()) kept_.problem = written.error().text();
  write_through();
}

// By a child, because a disk may take its time. What Redis forgets next must be there after a power
// cut. The RDB file itself is synced by Redis, but cp's copy is not.
void Keeping::write_through() {
  std::vector<std::string> argv{"sync", "--", kept_.path + "/dataset.rdb"};
  if (request_.tail) argv.push_back(kept_.path + "/tail.resp");
  argv.insert(argv.end(), {kept_.path, request_.folder});
  run(std::move(argv), disk_limit, [](Keeping& self, Result<void> synced) {
    if (!synced) return self.done_(tl::unexpected<Error>(std::move(synced.error())));
    self.prune();
  });
}

// Also by a child: to remove a large file takes long, too.
void Keeping::prune() {
  const auto old = saves_to_remove(saves_in(request_.folder, request_.service), request_.limits);
  if (old.empty()) return done_(kept_);
  std::vector<std::string> argv{"rm", "-rf", "--one-file-system", "--"};
  for (const auto& name : old) argv.push_back(request_.folder + '/' + name);
  run(std::move(argv), disk_limit,
      [](Keeping& self, const Result<void>&) { self.done_(self.kept_); });
}

void Keeping::run(std::vector<std::string> argv, Micros limit,
                  std::function<void(Keeping&, Result<void>)> then) {
  children_.start(std::move(argv), {}, limit,
                  [self = shared_from_this(), then = std::move(then)](Result<void> ended) {
                    then(*self, std::move(ended));
                  });
}

// Leaves no directory that looks like a save and is none.
void Keeping::give_up(Error why) {
  std::error_code ignored;
  fs::remove(kept_.path + "/dataset.rdb", ignored);
  fs::remove(kept_.path, ignored);
  done_(tl::unexpected<Error>(std::move(why)));
}

void keep_divergence(boost::asio::io_context& io, Children& children, SaveRequest request,
                     std::function<void(Result<Kept>)> kept) {
  std::make_shared<Keeping>(io, children, std::move(request), std::move(kept))->start();
}

}  // namespace redvip::daemon

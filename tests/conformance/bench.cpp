#include "conformance/bench.hpp"

#include <algorithm>

namespace redvip::conformance {
namespace {

using namespace std::chrono_literals;

constexpr Nanos start_patience = 20s;

constexpr const char* cable =
    "ip link add eth0 address 02:00:00:00:00:09 type veth "
    "peer name eth0 address 02:00:00:00:00:05 netns ";

std::string last_line(const std::string& log) {
  const std::size_t end = log.find_last_not_of('\n');
  if (end == std::string::npos) return "it says nothing";
  const std::size_t before = log.rfind('\n', end);
  return log.substr(before == std::string::npos ? 0 : before + 1, end - before);
}

template <class Read>
auto all(const std::vector<Frame>& record, Nanos since, Read read) {
  std::vector<typename decltype(read(record.front()))::value_type> found;
  for (const Frame& frame : record) {
    if (frame.at < since) continue;
    if (auto one = read(frame)) found.push_back(std::move(*one));
  }
  return found;
}

bool is_ours(const Advert& advert) {
  return advert.vrid == vrid;
}

}  // namespace

void require(bool held, const std::string& otherwise) {
  if (!held) throw Failure{otherwise};
}

std::string millis(Nanos time) {
  return std::to_string(std::chrono::round<std::chrono::milliseconds>(time).count()) + " ms";
}

Nanos tolerance(Nanos expected) {
  return std::max<Nanos>(30ms, expected / 20);
}

Bench::Bench(Kind chosen, Router described) : kind{chosen}, router{std::move(described)} {
  connect();
  tester_ = std::make_unique<Tester>(owner_.net, "eth0");
  device_ = make_device(kind, router, host_, workspace_.path());
}

void Bench::connect() const {
  in_tester(cable + host_.net.path());
  std::string addresses;
  for (const Peer& peer : router.peers) {
    addresses += " && ip address add " + peer.address + "/24 dev eth0 && ip address add " +
                 peer.link_local + "/64 dev eth0 nodad";
  }
  in_tester("ip link set eth0 addrgenmode none && ip link set eth0 up" + addresses);
  in_device(std::string{"ip link set eth0 addrgenmode none && ip address add "} + device_address +
            "/24 dev eth0 && ip link set eth0 up && ip address add " + device_link_local +
            "/64 dev eth0 nodad");
}

void Bench::in_device(const std::string& command) const {
  const lab::Inside here{host_.net};
  lab::must(command);
}

void Bench::in_tester(const std::string& command) const {
  const lab::Inside here{owner_.net};
  lab::must(command);
}

void Bench::start() {
  device_->start();
}

void Bench::require_runs() {
  if (is_alive()) return;
  const auto status = device_->process().wait(0ms);
  throw Failure{"it ended with status " + std::to_string(status.value_or(-1)) + ": " +
                last_line(device_->process().log())};
}

void Bench::until_active() {
  start();
  const Nanos deadline = now() + router.down_interval() + start_patience;
  while (adverts().empty() || !holds_vips()) {
    require_runs();
    require(now() < deadline, "it does not lead: " + last_line(device_->process().log()));
    listen(10ms);
  }
}

void Bench::until_backup() {
  device_->meet(owner_);
  start();
  const Nanos deadline = now() + start_patience;
  while (!device_->stands_by()) {
    require_runs();
    require(now() < deadline, "it does not stand by: " + last_line(device_->process().log()));
    hold(router.interval);
  }
  hold(2 * router.interval);
  require_silent({}, "it advertises while it hears priority 200");
}

bool Bench::holds_vips() const {
  return std::all_of(router.vips.begin(), router.vips.end(),
                     [this](const std::string& vip) { return holds(vip); });
}

bool Bench::holds_any_vip() const {
  return std::any_of(router.vips.begin(), router.vips.end(),
                     [this](const std::string& vip) { return holds(vip); });
}

bool Bench::holds(const std::string& vip) const {
  return host_.has_address(vip.substr(0, vip.find('/')));
}

Stimulus Bench::advert(int priority, const Peer& from) const {
  Stimulus stimulus;
  stimulus.version = router.version;
  stimulus.vrid = vrid;
  stimulus.priority = priority;
  stimulus.interval = static_cast<int>(router.interval / (router.version == 2 ? 1000ms : 10ms));
  for (const std::string& vip : router.vips) stimulus.addresses.push_back(address(vip));
  if (router.auth == "PASS") {
    stimulus.auth_type = 1;
    std::copy_n(router.password.begin(), std::min<std::size_t>(router.password.size(), 8),
                stimulus.auth_data.begin());
  }
  stimulus.source = address(router.v6() ? from.link_local : from.address);
  stimulus.destination = address(router.v6() ? "ff02::12" : "224.0.0.18");
  stimulus.link_source = tester_mac;
  stimulus.link_destination = mac(router.v6() ? "33:33:00:00:00:12" : "01:00:5e:00:00:12");
  return stimulus;
}

Nanos Bench::send(const Octets& frame) {
  tester_->send(frame);
  return now();
}

void Bench::record(Nanos until) {
  while (auto frame = tester_->receive(until)) record_.push_back(std::move(*frame));
}

void Bench::listen(Nanos time) {
  record(now() + time);
}

void Bench::listen(Nanos time, Nanos period, const std::function<void()>& chatter) {
  const Nanos end = now() + time;
  for (Nanos next = now(); next < end;) {
    chatter();
    next += period;
    record(std::min(next, end));
  }
}

Nanos Bench::hold(Nanos time, int priority, const Peer& from) {
  const Octets words = frame(advert(priority, from));
  Nanos last{};
  listen(time, router.interval, [&] { last = send(words); });
  return last;
}

Advert Bench::next_advert(Nanos within) {
  const Nanos deadline = now() + within;
  while (auto frame = tester_->receive(deadline)) {
    record_.push_back(std::move(*frame));
    const auto advert = read_advert(record_.back());
    if (advert && is_ours(*advert)) return *advert;
  }
  require_runs();
  throw Failure{"no advert for " + millis(within)};
}

Advert Bench::next_advert() {
  return next_advert(2 * router.interval + tolerance(router.interval));
}

std::vector<Advert> Bench::adverts(Nanos since) const {
  auto found = all(record_, since, read_advert);
  std::erase_if(found, [](const Advert& advert) { return !is_ours(advert); });
  return found;
}

std::vector<AhFields> Bench::authentications(const std::string& password) const {
  return all(record_, {}, [&](const Frame& frame) { return read_ah(frame, password); });
}

std::vector<Arp> Bench::arps(Nanos since) const {
  return all(record_, since, read_arp);
}

std::vector<NeighbourAdvert> Bench::neighbour_adverts(Nanos since) const {
  return all(record_, since, read_neighbour_advert);
}

std::vector<Octets> Bench::echo_replies(Nanos since) const {
  return all(record_, since, read_echo_reply);
}

std::vector<Nanos> Bench::announcements(Nanos since) const {
  std::vector<Nanos> times;
  const auto is_vip = [this](const Octets& ip) {
    return std::any_of(router.vips.begin(), router.vips.end(),
                       [&](const std::string& vip) { return address(vip) == ip; });
  };
  for (const Arp& arp : arps(since)) {
    if (arp.sender == arp.target && is_vip(arp.sender)) times.push_back(arp.at);
  }
  for (const NeighbourAdvert& advert : neighbour_adverts(since)) {
    if (!advert.solicited && is_vip(advert.target)) times.push_back(advert.at);
  }
  std::sort(times.begin(), times.end());
  return times;
}

void Bench::require_steady(Nanos since, Nanos at_most) {
  Nanos last = since;
  for (const Advert& advert : adverts(since)) {
    require(advert.priority > 0, "it resigns");
    require(advert.at - last <= at_most, "no advert for " + millis(advert.at - last));
    last = advert.at;
  }
  require(now() - last <= at_most + tolerance(at_most), "no advert for " + millis(now() - last));
}

void Bench::require_silent(Nanos since, const std::string& claim) const {
  const auto heard = adverts(since);
  require(heard.empty(), claim);
}

void Bench::require_stays_active(const std::string& what, const Octets& stimulus) {
  const Advert before = next_advert();
  send(stimulus);
  listen(router.interval * 5 / 2);
  try {
    require_runs();
    require_steady(before.at, router.interval * 3 / 2);
    require(holds_vips(), "the VIP is gone");
  } catch (const Failure& failure) {
    throw Failure{what + ": " + failure.what()};
  }
}

void Bench::require_ignores(const std::string& what, const Octets& stimulus) {
  const Nanos began = now();
  require_stays_active(what, stimulus);
  const auto heard = adverts(began);
  for (std::size_t i = 1; i < heard.size(); ++i) {
    const Nanos early = heard[i].at - heard[i - 1].at;
    require(early > router.interval / 2, what + ": it answers");
  }
}

void Bench::require_yields(const std::string& what, const Octets& stimulus) {
  next_advert();
  const Nanos sent = send(stimulus);
  listen(router.down_interval() * 9 / 10);
  require_runs();
  require_silent(sent + router.interval / 4, what + ": it goes on advertising");
  require(!holds_any_vip(), what + ": it keeps the VIP");
}

}  // namespace redvip::conformance

// vrrp_instance.
#include <map>

#include "daemon/import/read.hpp"
#include "daemon/import/text.hpp"
#include "daemon/import/values.hpp"

namespace redvip::keepalived {
namespace {

class InstanceReader {
 public:
  InstanceReader(Instance& instance, Diagnosis& diagnosis) : to_{instance}, diagnosis_{diagnosis} {}

  void take(const Statement& statement) {
    if (read_tracks(statement, to_.tracks, diagnosis_)) return;
    if (read_notify(statement, to_.notifies, diagnosis_)) return;
    static const std::map<std::string_view, void (InstanceReader::*)(const Statement&)> readers{
        {"state", &InstanceReader::state},
        {"interface", &InstanceReader::interface},
        {"virtual_router_id", &InstanceReader::vrid},
        {"priority", &InstanceReader::priority},
        {"advert_int", &InstanceReader::advert_int},
        {"version", &InstanceReader::version},
        {"authentication", &InstanceReader::authentication},
        {"auth_hmac", &InstanceReader::auth_hmac},
        {"unicast_src_ip", &InstanceReader::unicast_source},
        {"mcast_src_ip", &InstanceReader::multicast_source},
        {"unicast_peer", &InstanceReader::peers},
        {"virtual_ipaddress", &InstanceReader::addresses},
        {"virtual_ipaddress_excluded", &InstanceReader::addresses},
        {"virtual_routes", &InstanceReader::routes},
        {"preempt", &InstanceReader::preempt},
        {"nopreempt", &InstanceReader::preempt},
        {"preempt_delay", &InstanceReader::preempt_delay},
        {"garp_master_delay", &InstanceReader::garp},
        {"garp_master_repeat", &InstanceReader::garp},
        {"garp_master_refresh", &InstanceReader::garp},
        {"use_vmac", &InstanceReader::vmac},
        {"accept", &InstanceReader::accept},
        {"no_accept", &InstanceReader::accept},
        {"strict_mode", &InstanceReader::strict},
        {"v3_checksum_as_v2", &InstanceReader::checksum},
        {"mcast_dst_ip", &InstanceReader::multicast_group},
    };
    const auto reader = readers.find(statement.keyword());
    if (reader != readers.end()) (this->*reader->second)(statement);
  }

 private:
  template <class T>
  void set(Maybe<T>& slot, const Statement& statement, Maybe<T> value) {
    tell_repetition(slot, statement, diagnosis_);
    if (value) slot = std::move(value);
  }

  void state(const Statement& it) {
    auto word = read_word(it, diagnosis_);
    if (!word) return;
    if (word->value != "MASTER" && word->value != "BACKUP") {
      diagnosis_.mistake(it.at,
                         in_quotes(it.shown()) +
                             ": keepalived knows MASTER and BACKUP, in capitals, "
                             "and takes anything else for BACKUP",
                         "redvip has no such word: the data and the priorities decide");
      word->value = "BACKUP";
    }
    if (to_.state) {
      diagnosis_.mistake(it.at,
                         "`state` a second time: keepalived takes MASTER where one of them is",
                         "remove one");
      if (to_.state->value == "MASTER") return;
    }
    to_.state = std::move(word);
  }

  void interface(const Statement& it) {
    auto word = read_word(it, diagnosis_);
    if (word) word->value = word->value.substr(0, word->value.find(':'));
    set(to_.interface, it, std::move(word));
  }

  void vrid(const Statement& it) {
    set(to_.vrid, it, read_int(it, {1, 255}, "keepalived does not even start", diagnosis_));
  }

  void priority(const Statement& it) {
    set(to_.priority, it, read_int(it, {1, 255}, "keepalived takes 100", diagnosis_));
    if (!to_.priority) to_.priority = Said<int>{100, it.at};
  }

  void advert_int(const Statement& it) {
    set(to_.advert_int, it, read_decimal(it, {0.01, 255}, "keepalived takes 1 s", diagnosis_));
  }

  void version(const Statement& it) {
    set(to_.version, it, read_int(it, {2, 3}, "keepalived goes by vrrp_version", diagnosis_));
  }

  void authentication(const Statement& it) {
    tell_repetition(to_.auth, it, diagnosis_);
    Maybe<std::string> type;
    Maybe<std::string> password;
    for (const auto& each : it.block) {
      if (each.keyword() == "auth_type") type = read_word(each, diagnosis_);
      if (each.keyword() != "auth_pass") continue;
      password = read_word(each, diagnosis_);
      if (!each.cut_in_word) continue;
      diagnosis_.mistake(each.at,
                         "the # or ! in the password begins a comment: keepalived uses what is "
                         "before it",
                         "nothing, if both hosts have the same; else write it as \\# or \\!");
    }
    if (!password || password->value.empty()) {
      diagnosis_.mistake(it.at, "authentication without a password: keepalived sends none",
                         "redvip does as keepalived did; for more set service.auth");
      return;
    }
    if (!type || (type->value != "PASS" && type->value != "AH")) {
      diagnosis_.mistake(it.at,
                         "authentication without `auth_type PASS` or AH: keepalived sends none",
                         "redvip does as keepalived did; for more set service.auth");
      return;
    }
    if (password->value.size() > 8) {
      diagnosis_.mistake(password->at,
                         "the password is longer than 8 characters: the rest is cut off",
                         "put the first 8 into the password file");
      password->value.resize(8);
    }
    to_.auth = Auth{type->value, password->value, it.at};
  }

  // keepalived 2.4: key 1 ascii:... or the text itself. redvip knows one key, number 1, as text.
  void auth_hmac(const Statement& it) {
    for (const auto& each : it.block) {
      if (each.keyword() == "anti_replay" && each.words.size() > 1 && each.words[1] != "time") {
        diagnosis_.dropped(each.at,
                           in_quotes(each.shown()) + ": redvip numbers its adverts by the clock",
                           "set `anti_replay time` in keepalived first");
      }
      if (each.keyword() != "key" || each.words.size() < 3) continue;
      const auto& key = each.words[2];
      const bool text = !key.starts_with("hex:") && !key.starts_with("file:");
      if (each.words[1] == "1" && text && key.size() >= 32 && key.size() <= 64) {
        to_.auth = Auth{"HMAC", key, each.at};
      } else {
        diagnosis_.dropped(each.at,
                           in_quotes(each.shown()) +
                               ": redvip has one key, number 1, as a text of 32 "
                               "to 64 characters",
                           "give keepalived such a key first, or set service.auth by hand");
      }
    }
  }

  void unicast_source(const Statement& it) {
    set(to_.unicast_source, it, read_address(it, diagnosis_));
  }
  void multicast_source(const Statement& it) {
    set(to_.multicast_source, it, read_address(it, diagnosis_));
  }

  void peers(const Statement& it) {
    for (const auto& entry : it.block) {
      const auto address = IpAddress::parse(entry.keyword());
      if (!address) {
        diagnosis_.error(entry.at, in_quotes(entry.keyword()) + " is not an IP address",
                         "correct it");
        continue;
      }
      to_.peers.push_back({*address, entry.at});
      const bool limits =
          entry.words.size() > 1 && (entry.words[1] == "min_ttl" || entry.words[1] == "max_ttl");
      if (limits) {
        diagnosis_.dropped(entry.at, in_quotes(entry.shown()) +
                                         ": redvip does not look at the TTL of "
                                         "unicast adverts");
      } else if (entry.words.size() > 1) {
        diagnosis_.mistake(entry.at,
                           "one peer a line: keepalived ignores what is behind " + address->text(),
                           "name the node with --node, if it was meant");
      }
    }
  }

  void addresses(const Statement& it) {
    const bool excluded = it.keyword() == "virtual_ipaddress_excluded";
    for (const auto& entry : it.block) {
      auto address = read_virtual_address(entry, excluded, diagnosis_);
      if (address) to_.addresses.push_back(*std::move(address));
    }
  }

  void routes(const Statement& it) {
    for (const auto& entry : it.block) {
      if (auto route = read_route(entry, diagnosis_)) to_.routes.push_back(*std::move(route));
    }
  }

  void preempt(const Statement& it) {
    set(to_.nopreempt, it, Maybe<bool>{{it.keyword() == "nopreempt", it.at}});
  }

  void preempt_delay(const Statement& it) {
    set(to_.preempt_delay, it, read_decimal(it, {0, 1000}, "keepalived takes none", diagnosis_));
  }

  void garp(const Statement& it) {
    auto& slot = it.keyword() == "garp_master_delay"    ? to_.garp_delay
                 : it.keyword() == "garp_master_repeat" ? to_.garp_repeat
                                                        : to_.garp_refresh;
    set(slot, it, read_int(it, {0, 86400}, "keepalived takes its default", diagnosis_));
  }

  void vmac(const Statement& it) {
    to_.vmac = Said<bool>{true, it.at};
    if (it.words.size() > 1) {
      diagnosis_.dropped(it.at, in_quotes(it.shown()) +
                                    ": redvip names the interface vrrp.<vrid> and "
                                    "uses the MAC of the RFC");
    }
  }

  void accept(const Statement& it) {
    set(to_.accept, it, Maybe<bool>{{it.keyword() == "accept", it.at}});
  }

  void strict(const Statement& it) {
    const auto on = read_switch(it, diagnosis_);
    if (!on || !on->value) return;
    diagnosis_.mistake(it.at,
                       "`strict_mode` drops what clients send to the virtual IP, and ignores "
                       "authentication and unicast",
                       "nothing: redvip lets clients in, unless accept = false");
  }

  void checksum(const Statement& it) { set(to_.checksum_as_v2, it, read_switch(it, diagnosis_)); }

  void multicast_group(const Statement& it) {
    diagnosis_.dropped(it.at,
                       in_quotes(it.shown()) +
                           ": redvip uses the group of the RFC, 224.0.0.18 "
                           "or ff02::12",
                       "let both through the firewall; beside keepalived it is not heard");
  }

  Instance& to_;
  Diagnosis& diagnosis_;
};

}  // namespace

Instance read_instance(const Statement& statement, Diagnosis& diagnosis) {
  Instance instance;
  instance.at = statement.at;
  if (statement.words.size() > 1) instance.name = statement.words[1];
  InstanceReader reader{instance, diagnosis};
  for (const auto& each : statement.block) reader.take(each);
  return instance;
}

}  // namespace redvip::keepalived

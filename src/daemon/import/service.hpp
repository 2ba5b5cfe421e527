// From the instances that belong together to the keys of one [[service]].
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/import/plan.hpp"
#include "daemon/import/views.hpp"

namespace redvip::keepalived {

// Passwords by the file that they are to be put into; the importer itself writes none of them.
class Secrets {
 public:
  // The file for a password: "/etc/redvip/redis.password", or with the service's name before it if
  // another password has that file.
  std::string file_for(const std::string& what, const std::string& password,
                       const std::string& service);

 private:
  std::map<std::string, std::string> by_file_;
};

struct Context {
  const Request& request;
  const std::vector<NodePlan>& nodes;
  std::size_t hosts = 0;
  Diagnosis& diagnosis;
  Secrets& secrets;
};

struct Job {
  std::string name;
  Pair views;  // of the instance whose VRRP it is
  Pair also;   // of instances that guard the same Redis: their addresses and scripts
  int port = 6379;

  [[nodiscard]] std::vector<const View*> all() const;
};

[[nodiscard]] std::vector<ServicePlan> plan_services(std::vector<Pair> pairs,
                                                     const Context& context);

// Which Redis each pair guards; pairs of one sync group with the same one become one job. An error
// where that cannot be told.
[[nodiscard]] std::vector<Job> plan_jobs(std::vector<Pair> pairs, const Context& context);

// The parts of a service. Each tells what it maps, drops and finds wrong.
void add_vrid(const Job& job, const Context& context, ServicePlan& plan);
void add_addresses(const Job& job, const Context& context, ServicePlan& plan);
void add_election(const Job& job, const Context& context, ServicePlan& plan);
void add_version(const Job& job, const Context& context, ServicePlan& plan);
void add_details(const Job& job, const Context& context, ServicePlan& plan);
void add_redis(const Job& job, const Context& context, ServicePlan& plan);
void add_tracks(const Job& job, const Context& context, ServicePlan& plan);
void add_notify(const Job& job, const Context& context, ServicePlan& plan);
void tell_weights(const Job& job, const Context& context);
void tell_scripts(const Job& job, const Context& context);

// How to make a password file, in one command.
[[nodiscard]] std::string password_command(const std::string& file);

// Says that a value differs between the hosts. `places` are of the first and of the other.
void tell_difference(const std::string& first, const Place& first_at, const std::string& other,
                     const Place& other_at, const std::string& harm, Diagnosis& diagnosis);

}  // namespace redvip::keepalived

#include "daemon/import/keywords.hpp"

#include <array>

#include "daemon/import/text.hpp"

namespace redvip::keepalived {
namespace {

// Keywords that share a block and a fate, separated by blanks.
struct Row {
  Block inside;
  Block opens;
  Fate fate;
  std::string_view words;
  std::string_view why = {};
  std::string_view cure = {};
};

using enum Block;
using enum Fate;

constexpr std::string_view lvs_why = "LVS is not what redvip does, and it is not converted yet";
constexpr std::string_view lvs_cure = "leave virtual servers with keepalived on hosts of their own";
constexpr std::string_view mail_why = "redvip sends no mail";
constexpr std::string_view mail_cure = "let service.notify send it, or watch `redvip status`";
constexpr std::string_view network_why = "addresses and routes that stay are not redvip's";
constexpr std::string_view network_cure = "put them into the host's network configuration";
constexpr std::string_view fifo_why = "redvip writes no FIFO";
constexpr std::string_view fifo_cure =
    "service.notify, or follow history.jsonl in daemon.state_dir";
constexpr std::string_view tuning_why = "redvip needs no such tuning";
constexpr std::string_view realtime = "redvip asks for real-time priority and locked memory";
constexpr std::string_view realtime_cure = "daemon.realtime = false would keep it from that";
constexpr std::string_view announces =
    "redvip announces again by itself when another holder yields or is heard";
constexpr std::string_view firewall = "redvip keeps to an nftables table of its own";
constexpr std::string_view own_interface = "the service's own interface always counts";

constexpr std::array rows{
    Row{root, globals, handled, "global_defs"},
    Row{root, instance, handled, "vrrp_instance"},
    Row{root, group, handled, "vrrp_sync_group"},
    Row{root, script, handled, "vrrp_script"},
    Row{root, Block::track_file, handled, "track_file vrrp_track_file"},
    Row{root, track_process, handled, "vrrp_track_process track_process"},
    Row{root, skipped, handled, "virtual_server"},
    Row{root, skipped, dropped, "virtual_server_group SSL local_address_group", lvs_why, lvs_cure},
    Row{root, skipped, dropped, "bfd_instance", "redvip speaks no BFD",
        "a [[service.track]] with ping, and a shorter advert_interval"},
    Row{root, skipped, dropped, "static_ipaddress static_routes static_rules track_group",
        network_why, network_cure},
    Row{root, skipped, dropped, "garp_group", "redvip does not pace its announcements",
        "garp.repeat says how many there are"},
    Row{root, skipped, dropped, "interface_up_down_delays",
        "redvip believes an interface's state at once", "preempt_delay holds back a return"},
    Row{root, skipped, ours, "linkbeat_interfaces", "the kernel tells redvip an interface's state"},
    Row{root, none, ours, "linkbeat_use_polling", "the kernel tells redvip an interface's state"},
    Row{root, none, dropped, "net_namespace net_namespace_ipvs namespace_with_ipsets",
        "redvip runs in the network namespace that it is started in",
        "NetworkNamespacePath= in its systemd unit"},
    Row{root, none, dropped, "instance use_pid_dir child_wait_time", tuning_why},

    Row{globals, none, handled,
        "router_id vrrp_version vrrp_strict script_user vrrp_min_garp vrrp_garp_master_delay "
        "vrrp_garp_master_repeat vrrp_garp_master_refresh vrrp_garp_interval vrrp_gna_interval "
        "v3_checksum_as_v2 vrrp_mcast_group4 vrrp_mcast_group6"},
    Row{globals, skipped, dropped, "notification_email", mail_why, mail_cure},
    Row{globals, none, dropped,
        "notification_email_from smtp_server smtp_helo_name smtp_connect_timeout smtp_alert "
        "smtp_alert_vrrp smtp_alert_checker no_email_faults no_checker_emails",
        mail_why, mail_cure},
    Row{globals, none, dropped,
        "notify_fifo notify_fifo_script vrrp_notify_fifo vrrp_notify_fifo_script lvs_notify_fifo "
        "lvs_notify_fifo_script vrrp_notify_priority_changes fifo_write_vrrp_states_on_reload",
        fifo_why, fifo_cure},
    Row{globals, none, dropped,
        "lvs_sync_daemon lvs_timeouts lvs_flush lvs_flush_on_stop lvs_flush_onstop "
        "nftables_ipvs nftables_ipvs_priority nftables_ipvs_start_fwmark checker_priority "
        "checker_no_swap checker_cpu_affinity checker_rt_priority checker_rlimit_rttime "
        "checker_process_name checker_log_all_failures lvs_netlink_cmd_rcv_bufs "
        "lvs_netlink_cmd_rcv_bufs_force lvs_netlink_monitor_rcv_bufs "
        "lvs_netlink_monitor_rcv_bufs_force rs_init_notifies",
        lvs_why, lvs_cure},
    Row{globals, none, ours,
        "vrrp_priority vrrp_no_swap vrrp_rt_priority vrrp_rlimit_rttime max_auto_priority "
        "min_auto_priority_delay",
        realtime, realtime_cure},
    Row{globals, none, ours,
        "vrrp_garp_lower_prio_delay vrrp_garp_lower_prio_repeat vrrp_higher_prio_send_advert",
        announces},
    Row{globals, none, ours,
        "nftables nftables_priority nftables_counters nftables_ifindex vrrp_iptables vrrp_ipsets "
        "disable_local_igmp",
        firewall},
    Row{globals, none, ours, "enable_script_security",
        "redvip runs each script as the `user` of its track, in an empty environment"},
    Row{globals, none, ours, "vrrp_check_unicast_src vrrp_skip_check_adv_addr",
        "redvip checks every advert, and believes only the nodes in the file"},
    Row{globals, none, ours, "reload_check_config",
        "redvip checks the file at each reload; an invalid one changes nothing"},
    Row{globals, none, dropped, "vrrp_garp_master_refresh_repeat vrrp_garp_extra_if",
        "redvip has one number for all bursts", "garp.repeat"},
    Row{globals, none, dropped, "vrrp_down_timer_adverts", "redvip waits for three adverts",
        "a longer advert_interval forgives a worse network"},
    Row{globals, none, dropped, "vrrp_lower_prio_no_advert vrrp_owner_ignore_adverts",
        "redvip answers a lower advert at once"},
    Row{globals, none, dropped, "vrrp_startup_delay vrrp_delay_after_boot",
        "redvip looks around before it leads; it leads when it can prove that it may"},
    Row{globals, none, dropped,
        "startup_script shutdown_script startup_script_timeout "
        "shutdown_script_timeout",
        "redvip runs nothing at its start and end",
        "ExecStartPre= and ExecStopPost= in its systemd unit"},
    Row{globals, none, dropped,
        "enable_snmp_vrrp enable_snmp_checker enable_snmp_rfc "
        "enable_snmp_rfcv2 enable_snmp_rfcv3 enable_traps snmp_socket enable_dbus "
        "dbus_service_name no_interface dbus_no_interface_name snmp_vs_stats_update_interval "
        "snmp_rs_stats_update_interval",
        "redvip has neither SNMP nor D-Bus", "`redvip status --json`"},
    Row{globals, none, dropped,
        "dynamic_interfaces default_interface vrrp_netlink_cmd_rcv_bufs "
        "vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs "
        "vrrp_netlink_monitor_rcv_bufs_force process_monitor_rcv_bufs "
        "process_monitor_rcv_bufs_force vrrp_rx_bufs_policy vrrp_rx_bufs_multiplier "
        "log_unknown_vrids vmac_prefix vmac_addr_prefix umask random_seed process_names "
        "process_name vrrp_process_name bfd_process_name bfd_priority bfd_no_swap "
        "bfd_cpu_affinity bfd_rt_priority bfd_rlimit_rttime vrrp_cpu_affinity "
        "tmp_config_directory config_save_dir data_use_instance state_dump_file stats_dump_file "
        "json_dump_file json_version iproute_usr_dir iproute_etc_dir reload_time_file "
        "reload_repeat reload_file include_check use_symlink_paths set_supplementary_groups "
        "linkbeat_use_polling instance use_pid_dir child_wait_time",
        tuning_why},
    Row{globals, none, dropped, "net_namespace net_namespace_ipvs namespace_with_ipsets",
        "redvip runs in the network namespace that it is started in",
        "NetworkNamespacePath= in its systemd unit"},

    Row{script, none, handled, "script interval timeout weight rise fall user"},
    Row{script, none, ours, "init_fail", "a track is down until its first success"},
    Row{Block::track_file, none, handled, "file weight"},
    Row{Block::track_file, none, dropped, "init_file",
        "redvip does not create the file, and takes a missing one for a failure",
        "create it at boot, with tmpfiles.d(5)"},
    Row{track_process, none, handled, "process"},
    Row{track_process, none, dropped,
        "param_match full_command weight quorum quorum_max delay fork_delay terminate_delay",
        "part of a process that is not tracked"},

    Row{instance, none, handled,
        "state interface virtual_router_id priority advert_int version unicast_src_ip "
        "mcast_src_ip preempt nopreempt preempt_delay garp_master_delay garp_master_repeat "
        "garp_master_refresh use_vmac accept no_accept strict_mode v3_checksum_as_v2 "
        "mcast_dst_ip notify notify_master notify_backup notify_fault notify_stop "
        "notify_deleted notify_master_rx_lower_pri"},
    Row{instance, authentication, handled, "authentication"},
    Row{instance, auth_hmac, handled, "auth_hmac"},
    Row{instance, addresses, handled, "virtual_ipaddress virtual_ipaddress_excluded"},
    Row{instance, routes, handled, "virtual_routes"},
    Row{instance, peers, handled, "unicast_peer"},
    Row{instance, tracks, handled, "track_interface track_script track_file track_process"},
    Row{instance, skipped, dropped, "virtual_rules", "redvip sets no policy rules",
        "put rules that may stay into the host's network configuration"},
    Row{instance, skipped, dropped, "track_bfd", "redvip speaks no BFD",
        "a [[service.track]] with ping"},
    Row{instance, none, ours, "dont_track_primary", own_interface},
    Row{instance, none, ours,
        "garp_lower_prio_delay garp_lower_prio_repeat "
        "higher_prio_send_advert",
        announces},
    Row{instance, none, ours, "check_unicast_src skip_check_adv_addr",
        "redvip checks every advert, and believes only the nodes in the file"},
    Row{instance, none, ours, "old_unicast_checksum", "redvip accepts both forms"},
    Row{instance, none, ours, "timer_expired_backup",
        "a daemon that was stalled re-decides before it sends anything"},
    Row{instance, none, ours, "track_src_ip", "a node without its address does not lead"},
    Row{instance, none, ours, "promote_secondaries",
        "each address is put and taken away by itself"},
    Row{instance, none, dropped, "garp_master_refresh_repeat garp_extra_if",
        "redvip has one number for all bursts", "garp.repeat"},
    Row{instance, none, dropped, "down_timer_adverts", "redvip waits for three adverts",
        "a longer advert_interval forgives a worse network"},
    Row{instance, none, dropped, "lower_prio_no_advert owner_ignore_adverts",
        "redvip answers a lower advert at once"},
    Row{instance, none, dropped, "smtp_alert", mail_why, mail_cure},
    Row{instance, none, dropped, "notify_priority_changes", fifo_why, fifo_cure},
    Row{instance, none, dropped, "lvs_sync_daemon_interface", lvs_why, lvs_cure},
    Row{instance, none, dropped,
        "unicast_ttl unicast_fault_no_peer vrf native_ipv6 debug "
        "kernel_rx_buf_size linkbeat_use_polling no_virtual_ipaddress",
        tuning_why},
    Row{instance, none, dropped, "use_vmac_addr vmac_xmit_base use_ipvlan",
        "redvip has one kind of virtual MAC", "vmac = true"},

    Row{authentication, none, handled, "auth_type auth_pass"},
    Row{auth_hmac, none, handled, "key active_key anti_replay mode"},
    Row{auth_hmac, none, dropped, "time_window", "redvip refuses adverts more than 5 s away"},

    Row{group, members, handled, "group"},
    Row{group, tracks, handled, "track_interface track_script track_file track_process"},
    Row{group, none, handled,
        "notify notify_master notify_backup notify_fault notify_stop notify_deleted"},
    Row{group, skipped, dropped, "track_bfd", "redvip speaks no BFD",
        "a [[service.track]] with ping"},
    Row{group, none, dropped, "smtp_alert", mail_why, mail_cure},
    Row{group, none, dropped, "notify_priority_changes", fifo_why, fifo_cure},
    Row{group, none, dropped, "global_tracking sync_group_tracking_weight",
        "weights count for each service of a group by itself"},
};

// Calls look(word) for each word of a row, until it answers true.
template <class Look>
bool any_word(const Row& row, Look look) {
  std::string_view rest = row.words;
  while (!rest.empty()) {
    const auto word = first_word(rest);
    if (look(word)) return true;
    rest = trimmed(rest.substr(word.size()));
  }
  return false;
}

}  // namespace

std::optional<Keyword> find_keyword(Block inside, std::string_view word) {
  for (const auto& row : rows) {
    if (row.inside != inside) continue;
    if (any_word(row, [word](std::string_view each) { return each == word; })) {
      return Keyword{row.opens, row.fate, row.why, row.cure};
    }
  }
  return std::nullopt;
}

std::vector<std::string_view> keywords_of(Block block) {
  std::vector<std::string_view> words;
  for (const auto& row : rows) {
    if (row.inside != block) continue;
    (void)any_word(row, [&words](std::string_view each) {
      words.push_back(each);
      return false;
    });
  }
  return words;
}

bool has_keywords(Block block) {
  return block < addresses && block != none;
}

}  // namespace redvip::keepalived

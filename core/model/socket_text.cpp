#include "core/model/socket_text.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "core/events/message_header.h"
#include "core/model/canonical.h"
#include "core/model/chunk_text.h"

namespace ipcscope {
namespace {

struct Constant {
    std::int64_t value;
    const char* name;
};

#define NAME(constant) {static_cast<std::int64_t>(constant), #constant}
constexpr Constant families[] = {NAME(AF_UNSPEC), NAME(AF_UNIX), NAME(AF_INET), NAME(AF_INET6), NAME(AF_NETLINK), NAME(AF_PACKET), NAME(AF_VSOCK), NAME(AF_ALG)};
constexpr Constant types[] = {NAME(SOCK_STREAM), NAME(SOCK_DGRAM), NAME(SOCK_RAW), NAME(SOCK_RDM), NAME(SOCK_SEQPACKET)};
constexpr Constant type_flags[] = {NAME(SOCK_NONBLOCK), NAME(SOCK_CLOEXEC)};
constexpr Constant protocols[] = {NAME(IPPROTO_ICMP), NAME(IPPROTO_TCP), NAME(IPPROTO_UDP), NAME(IPPROTO_ICMPV6), NAME(IPPROTO_SCTP), NAME(IPPROTO_RAW)};
constexpr Constant message_flags[] = {
    NAME(MSG_OOB), NAME(MSG_PEEK), NAME(MSG_DONTROUTE), NAME(MSG_CTRUNC), NAME(MSG_TRUNC), NAME(MSG_DONTWAIT), NAME(MSG_WAITFORONE), NAME(MSG_EOR), NAME(MSG_WAITALL),
    NAME(MSG_CONFIRM), NAME(MSG_ERRQUEUE), NAME(MSG_NOSIGNAL), NAME(MSG_MORE), NAME(MSG_FASTOPEN), NAME(MSG_CMSG_CLOEXEC), NAME(MSG_ZEROCOPY)};
constexpr Constant hows[] = {NAME(SHUT_RD), NAME(SHUT_WR), NAME(SHUT_RDWR)};
constexpr Constant levels[] = {NAME(SOL_SOCKET), {IPPROTO_IP, "IPPROTO_IP"}, NAME(IPPROTO_TCP), NAME(IPPROTO_UDP), NAME(IPPROTO_IPV6)};
constexpr Constant socket_options[] = {
    NAME(SO_DEBUG), NAME(SO_REUSEADDR), NAME(SO_TYPE), NAME(SO_ERROR), NAME(SO_DONTROUTE), NAME(SO_BROADCAST), NAME(SO_SNDBUF), NAME(SO_RCVBUF),
    NAME(SO_KEEPALIVE), NAME(SO_OOBINLINE), NAME(SO_PRIORITY), NAME(SO_LINGER), NAME(SO_REUSEPORT), NAME(SO_PASSCRED), NAME(SO_PEERCRED),
    NAME(SO_RCVLOWAT), NAME(SO_SNDLOWAT), NAME(SO_RCVTIMEO), NAME(SO_SNDTIMEO), NAME(SO_BINDTODEVICE), NAME(SO_TIMESTAMP), NAME(SO_ACCEPTCONN),
    NAME(SO_PEERSEC), NAME(SO_PASSSEC), NAME(SO_MARK), NAME(SO_PROTOCOL), NAME(SO_DOMAIN), NAME(SO_INCOMING_CPU), NAME(SO_ZEROCOPY)};
constexpr Constant tcp_options[] = {
    NAME(TCP_NODELAY), NAME(TCP_MAXSEG), NAME(TCP_CORK), NAME(TCP_KEEPIDLE), NAME(TCP_KEEPINTVL), NAME(TCP_KEEPCNT), NAME(TCP_SYNCNT), NAME(TCP_LINGER2),
    NAME(TCP_DEFER_ACCEPT), NAME(TCP_WINDOW_CLAMP), NAME(TCP_INFO), NAME(TCP_QUICKACK), NAME(TCP_CONGESTION), NAME(TCP_USER_TIMEOUT), NAME(TCP_FASTOPEN)};
constexpr Constant ip_options[] = {NAME(IP_TOS), NAME(IP_TTL), NAME(IP_PKTINFO), NAME(IP_RECVERR), NAME(IP_MTU_DISCOVER), NAME(IP_MULTICAST_TTL), NAME(IP_MULTICAST_LOOP)};
constexpr Constant ipv6_options[] = {NAME(IPV6_V6ONLY), NAME(IPV6_UNICAST_HOPS), NAME(IPV6_RECVPKTINFO)};
constexpr Constant epoll_commands[] = {NAME(EPOLL_CTL_ADD), NAME(EPOLL_CTL_DEL), NAME(EPOLL_CTL_MOD)};
constexpr Constant epoll_flags[] = {NAME(EPOLL_CLOEXEC)};
constexpr Constant epoll_events[] = {NAME(EPOLLIN), NAME(EPOLLPRI), NAME(EPOLLOUT), NAME(EPOLLERR), NAME(EPOLLHUP), NAME(EPOLLRDHUP), NAME(EPOLLEXCLUSIVE),
                                     NAME(EPOLLWAKEUP), NAME(EPOLLONESHOT), NAME(EPOLLET)};
constexpr Constant splice_flags[] = {NAME(SPLICE_F_MOVE), NAME(SPLICE_F_NONBLOCK), NAME(SPLICE_F_MORE), NAME(SPLICE_F_GIFT)};
constexpr Constant name_flags[] = {NAME(NI_NUMERICHOST), NAME(NI_NUMERICSERV), NAME(NI_NOFQDN), NAME(NI_NAMEREQD), NAME(NI_DGRAM)};
constexpr Constant hint_flags[] = {NAME(AI_PASSIVE), NAME(AI_CANONNAME), NAME(AI_NUMERICHOST), NAME(AI_V4MAPPED), NAME(AI_ALL), NAME(AI_ADDRCONFIG), NAME(AI_NUMERICSERV)};
constexpr Constant eais[] = {NAME(EAI_BADFLAGS), NAME(EAI_NONAME), NAME(EAI_AGAIN), NAME(EAI_FAIL), NAME(EAI_FAMILY), NAME(EAI_SOCKTYPE), NAME(EAI_SERVICE),
                             NAME(EAI_MEMORY), NAME(EAI_SYSTEM), NAME(EAI_OVERFLOW), NAME(EAI_NODATA), NAME(EAI_ADDRFAMILY)};
#undef NAME

constexpr const char* tcp_states[] = {"?", "ESTABLISHED", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED", "CLOSE-WAIT", "LAST-ACK",
                                      "LISTEN", "CLOSING"};

std::string hex(std::uint64_t value) {
    char text[20];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
    return text;
}

std::string name_or_number(std::int64_t value, std::span<const Constant> names) {
    const auto found = std::ranges::find(names, value, &Constant::value);
    return found == names.end() ? std::to_string(value) : found->name;
}

void append(std::string& text, const std::string& name) { text += (text.empty() ? "" : "|") + name; }

std::string text_of_bits(std::int64_t value, std::span<const Constant> names) {
    auto bits = static_cast<std::uint64_t>(value) & 0xffffffffu;
    std::string text;
    for (const Constant& flag : names) {
        const auto mask = static_cast<std::uint64_t>(flag.value) & 0xffffffffu;
        if (mask == 0 || (bits & mask) != mask) continue;
        append(text, flag.name);
        bits &= ~mask;
    }
    if (bits != 0 || text.empty()) append(text, bits == 0 ? "0" : hex(bits));
    return text;
}

std::string text_of_type(std::int64_t value) {
    constexpr std::int64_t flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    const std::string text = name_or_number(value & ~flags, types);
    return (value & flags) == 0 ? text : text + '|' + text_of_bits(value & flags, type_flags);
}

template <class T>
std::optional<T> struct_from(std::string_view bytes) {
    if (bytes.size() < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

// What there was room for: the kernel says how long it would have been, and writes no more than fits.
std::string_view fitted(const SocketArgument& argument) {
    const std::string_view bytes = view_of(*argument.out);
    const auto room = argument.room ? struct_from<socklen_t>(view_of(*argument.room)) : std::nullopt;
    return room ? bytes.substr(0, *room) : bytes;
}

std::span<const Constant> options_of(std::int64_t level) {
    switch (level) {
        case SOL_SOCKET: return socket_options;
        case IPPROTO_TCP: return tcp_options;
        case IPPROTO_IP: return ip_options;
        case IPPROTO_IPV6: return ipv6_options;
        default: return {};
    }
}

std::string text_of_credentials(const ucred& who) {
    return "{pid=" + std::to_string(who.pid) + ", uid=" + std::to_string(who.uid) + ", gid=" + std::to_string(who.gid) + "}";
}

std::string text_of_option(const SocketArgument& argument, std::string_view bytes) {
    if (argument.level == SOL_SOCKET) {
        if (const auto who = struct_from<ucred>(bytes); argument.option == SO_PEERCRED && who) return text_of_credentials(*who);
        if (const auto it = struct_from<linger>(bytes); argument.option == SO_LINGER && it)
            return "{l_onoff=" + std::to_string(it->l_onoff) + ", l_linger=" + std::to_string(it->l_linger) + "}";
        if (const auto time = struct_from<timeval>(bytes); (argument.option == SO_RCVTIMEO || argument.option == SO_SNDTIMEO) && time)
            return "{tv_sec=" + std::to_string(time->tv_sec) + ", tv_usec=" + std::to_string(time->tv_usec) + "}";
        if (const auto error = struct_from<int>(bytes); argument.option == SO_ERROR && error) return *error == 0 ? "[0]" : '[' + text_of_errno(*error) + ']';
    }
    if (bytes.size() == sizeof(int)) return '[' + std::to_string(*struct_from<int>(bytes)) + ']';
    return text_of_bytes(bytes, bytes.size());
}

// "SCM_RIGHTS [5]", "SCM_CREDENTIALS {pid=2, uid=0, gid=0}"
std::string text_of_control(std::string_view control) {
    std::string text;
    for (std::string_view rest = control; const auto message = take_control(rest); control = rest) {
        text += ", ";
        if (message->level == SOL_SOCKET && message->type == SCM_RIGHTS) {
            std::string numbers;
            for (const int number : descriptors_in(control.substr(0, control.size() - rest.size()))) numbers += (numbers.empty() ? "" : " ") + std::to_string(number);
            text += "SCM_RIGHTS [" + numbers + "]";
        } else if (const auto who = struct_from<ucred>(message->data); message->level == SOL_SOCKET && message->type == SCM_CREDENTIALS && who) {
            text += "SCM_CREDENTIALS " + text_of_credentials(*who);
        } else {
            text += "{level " + std::to_string(message->level) + ", type " + std::to_string(message->type) + "}";
        }
    }
    return text;
}

std::string text_of_parts(const MessageParts& message, bool is_received) {
    std::string text = "{";
    if (!message.address.empty()) text += text_of_address(address_from(message.address)) + ", ";
    text += text_of_bytes(message.data, message.data_length) + text_of_control(message.control);
    if (is_received && message.flags != 0) text += ", " + text_of_bits(message.flags, message_flags);
    return text + "}";
}

std::string text_of_header(const std::optional<Chunk>& chunk, bool is_received) {
    const auto parts = message_parts(chunk);
    return parts ? text_of_parts(*parts, is_received) : not_told;
}

std::string text_of_several(const std::optional<Chunk>& chunk, bool is_received) {
    if (!chunk) return is_received ? "[]" : not_told;
    std::string text;
    for (const MessageParts& parts : parts_of_several(chunk)) text += (text.empty() ? "" : ", ") + text_of_parts(parts, is_received);
    return '[' + text + ']';
}

std::string text_of_set(const std::optional<Chunk>& chunk) {
    if (!chunk) return not_told;
    std::string text;
    for (std::size_t i = 0; i < chunk->bytes.size() * 8; ++i)
        if ((static_cast<unsigned>(chunk->bytes[i / 8]) >> (i % 8) & 1) != 0) text += (text.empty() ? "" : " ") + std::to_string(i);
    return '[' + text + ']';
}

std::string text_of_epoll_events(const std::optional<Chunk>& chunk) {
    if (!chunk) return not_told;
    std::string text;
    for (std::string_view rest = view_of(*chunk); rest.size() >= sizeof(epoll_event); rest.remove_prefix(sizeof(epoll_event))) {
        const epoll_event one = *struct_from<epoll_event>(rest);
        const std::uint64_t data = one.data.u64;
        text += (text.empty() ? "{" : ", {") + text_of_bits(one.events, epoll_events) + ", " + (data < 65536 ? std::to_string(data) : not_told) + "}";
    }
    return text;
}

std::string text_of_found(const std::optional<Chunk>& chunk) {
    if (!chunk) return not_told;
    std::string text;
    for (std::string_view rest = view_of(*chunk); rest.size() >= sizeof(FoundAddress); rest.remove_prefix(sizeof(FoundAddress))) {
        const FoundAddress one = *struct_from<FoundAddress>(rest);
        const std::string_view bytes(reinterpret_cast<const char*>(one.address), std::min<std::size_t>(one.length, sizeof one.address));
        text += (text.empty() ? "" : ", ") + text_of_address(address_from(bytes)) + " " + text_of_type(one.type);
    }
    return '[' + text + ']';
}

std::string text_of_hints(const std::optional<Chunk>& chunk) {
    const auto hints = chunk ? struct_from<addrinfo>(view_of(*chunk)) : std::nullopt;
    if (!hints) return not_told;
    return "{" + text_of_bits(hints->ai_flags, hint_flags) + ", " + name_or_number(hints->ai_family, families) + ", " + text_of_type(hints->ai_socktype) + ", " +
           std::to_string(hints->ai_protocol) + "}";
}

std::string number_in(const std::optional<Chunk>& chunk) {
    const auto number = chunk ? struct_from<std::int64_t>(view_of(*chunk)) : std::nullopt;
    return number ? std::to_string(*number) : not_told;
}

// socklen_t: what there was room for; behind the arrow what was needed, if that is another number.
std::string text_of_space(const SocketArgument& argument) {
    const auto room = argument.in ? struct_from<socklen_t>(view_of(*argument.in)) : std::nullopt;
    return room ? '[' + std::to_string(*room) + ']' : not_told;
}

}  // namespace

bool is_socket_role(Role role) { return role >= Role::Family && role <= Role::TextOut && role != Role::OtherFd; }

std::string text_of_socket_argument(const SocketArgument& argument) {
    const std::int64_t value = argument.value, number = static_cast<int>(value);
    switch (argument.role) {
        case Role::Family: return name_or_number(number, families);
        case Role::SocketType: return text_of_type(number);
        case Role::SocketProtocol:
            return number != 0 && (argument.family == AF_INET || argument.family == AF_INET6) ? name_or_number(number, protocols) : std::to_string(number);
        case Role::AcceptFlags: return text_of_bits(value, type_flags);
        case Role::SocketFlags: return text_of_bits(value, message_flags);
        case Role::ShutdownHow: return name_or_number(number, hows);
        case Role::OptionLevel: return name_or_number(number, levels);
        case Role::SocketOption: return name_or_number(number, options_of(argument.level));
        case Role::SpliceFlags: return text_of_bits(value, splice_flags);
        case Role::EpollFlags: return text_of_bits(value, epoll_flags);
        case Role::EpollCommand: return name_or_number(number, epoll_commands);
        case Role::NameFlags: return text_of_bits(value, name_flags);
        case Role::AddressLength: return std::to_string(static_cast<std::uint32_t>(value));
        case Role::Backlog:
        case Role::FdLimit:
        case Role::EventCount: return std::to_string(number);
        default: break;
    }
    if (value == 0) return "NULL";
    const std::optional<Chunk>&in = argument.in, &out = argument.out;
    switch (argument.role) {
        case Role::AddressIn: return in ? text_of_address(address_from(view_of(*in))) : not_told;
        case Role::AddressOut: return out ? text_of_address(address_from(fitted(argument))) : not_told;
        case Role::Space: return text_of_space(argument);
        case Role::HeaderIn: return text_of_header(in, false);
        case Role::HeaderOut: return text_of_header(out, true);
        case Role::HeadersIn: return text_of_several(in, false);
        case Role::HeadersOut: return argument.has_returned || out ? text_of_several(out, true) : not_told;
        case Role::OptionIn: return in ? text_of_option(argument, view_of(*in)) : not_told;
        case Role::OptionOut: return out ? text_of_option(argument, fitted(argument)) : not_told;
        case Role::OffsetAt: return out && number_in(out) != number_in(in) ? '[' + number_in(in) + "] → [" + number_in(out) + ']' : '[' + number_in(in) + ']';
        case Role::FdSet: return out ? text_of_set(in) + " → " + text_of_set(out) : text_of_set(in);
        case Role::TimevalIn:
            if (const auto time = in ? struct_from<timeval>(view_of(*in)) : std::nullopt)
                return "{tv_sec=" + std::to_string(time->tv_sec) + ", tv_usec=" + std::to_string(time->tv_usec) + "}";
            return not_told;
        case Role::EpollEventIn: return text_of_epoll_events(in);
        case Role::EpollEventsOut: return argument.has_returned && !out ? "[]" : out ? '[' + text_of_epoll_events(out) + ']' : not_told;
        case Role::HostName: return in ? text_of_bytes(view_of(*in), in->true_length, 256) : not_told;
        case Role::HintsIn: return text_of_hints(in);
        case Role::AddressesOut: return text_of_found(out);
        case Role::TextOut: return out ? text_of_bytes(view_of(*out), out->true_length, 256) : not_told;
        default: return not_told;
    }
}

std::string text_of_eai(std::int64_t error) { return name_or_number(error, eais); }

std::string text_of_tcp_state(std::int64_t state) {
    return state > 0 && state < static_cast<std::int64_t>(std::size(tcp_states)) ? tcp_states[state] : std::to_string(state);
}

std::string text_of_protocol(const SocketState& socket) {
    if (socket.is_ip()) return socket.type == SOCK_STREAM ? "TCP" : socket.type == SOCK_DGRAM ? "UDP" : "IP";
    if (socket.family == AF_UNIX) return socket.type == SOCK_STREAM ? "UNIX stream" : socket.type == SOCK_DGRAM ? "UNIX datagrams" : "UNIX seqpacket";
    return socket.family == 0 ? "socket" : name_or_number(socket.family, families);
}

}  // namespace ipcscope

#include "core/session/endpoint_order.h"

#include <errno.h>
#include <string.h>

#include <charconv>
#include <cstdio>
#include <memory>

namespace ipcscope {
namespace {

using What = EndpointOrder::What;

constexpr std::size_t most_of_a_file = std::size_t{64} << 20;

struct Row {
    const char* word;
    const char* argument;    // "": it takes none
    What what;
    Result<void> (*read)(EndpointOrder& order, std::string_view rest);
    const char* help;
};

template <class T>
Result<void> take(Result<T> read, T& into) {
    if (!read) return read.failure();
    into = *std::move(read);
    return {};
}

Result<void> read_text(EndpointOrder& order, std::string_view rest) { return take(bytes_from_escaped(rest), order.bytes); }
Result<void> read_line(EndpointOrder& order, std::string_view rest) {
    const auto read = read_text(order, rest);
    if (read) order.bytes += '\n';
    return read;
}
Result<void> read_hex(EndpointOrder& order, std::string_view rest) { return take(bytes_from_hex(rest), order.bytes); }
Result<void> read_file(EndpointOrder& order, std::string_view rest) { return take(bytes_of_file(std::string(rest)), order.bytes); }
Result<void> read_slow(EndpointOrder& order, std::string_view rest) { return take(read_pace(rest), order.bytes_a_second); }
Result<void> read_switch(EndpointOrder& order, std::string_view rest) {
    order.is_on = rest == "on";
    if (order.is_on || rest == "off") return {};
    return Failure{"echo is on or off, as in: echo on"};
}
Result<void> read_nothing(EndpointOrder&, std::string_view) { return {}; }

constexpr Row rows[] = {
    {"say",        "TEXT",   What::Send,      read_line,    "send TEXT and a line's end"},
    {"send",       "TEXT",   What::Send,      read_text,    "send TEXT alone; \\n, \\r, \\t, \\0, \\\\ and \\xHH are bytes"},
    {"hex",        "48 65",  What::Send,      read_hex,     "send these bytes"},
    {"file",       "PATH",   What::Send,      read_file,    "send what is in a file"},
    {"half-close", "",       What::HalfClose, read_nothing, "send no more, and go on reading (shutdown; TCP: FIN)"},
    {"close",      "",       What::Close,     read_nothing, "close, when all is sent"},
    {"reset",      "",       What::Reset,     read_nothing, "close at once and destroy the connection (SO_LINGER 0; TCP: RST)"},
    {"echo",       "on|off", What::Echo,      read_switch,  "send back what arrives"},
    {"slow",       "N|off",  What::Slow,      read_slow,    "read N bytes a second; 0: nothing"},
};

std::string_view without_spaces_around(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
    return text;
}

// "2: …": takes it off.
unsigned take_peer(std::string_view& line) {
    unsigned peer = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), peer);
    if (error != std::errc() || end == line.data() + line.size() || *end != ':') return 0;
    line = without_spaces_around(line.substr(static_cast<std::size_t>(end - line.data()) + 1));
    return peer;
}

int digit_from(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Result<EndpointOrder> read_endpoint_order(std::string_view line) {
    line = without_spaces_around(line);
    EndpointOrder order;
    order.peer = take_peer(line);
    const std::size_t space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    const std::string_view rest = space == line.npos ? "" : line.substr(space + 1);
    for (const Row& row : rows) {
        if (word != row.word) continue;
        const bool takes_any = *row.argument != 0;
        if (takes_any == rest.empty()) return Failure{"it is: " + std::string(row.word) + (takes_any ? " " : "") + row.argument};
        order.what = row.what;
        if (const auto read = row.read(order, rest); !read) return read.failure();
        return order;
    }
    return Failure{"there is no order \"" + std::string(word) + "\": help lists them; say TEXT sends a line"};
}

std::string endpoint_order_help() {
    std::string text;
    for (const Row& row : rows) {
        std::string line = std::string(row.word) + " " + row.argument;
        line.resize(18, ' ');
        text += "  " + line + row.help + "\n";
    }
    return text + "  N: ORDER          for peer N alone, as in: 2: close. Without it the newest peer is meant\n";
}

Result<std::string> bytes_from_escaped(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            bytes += text[i];
            continue;
        }
        const char which = ++i < text.size() ? text[i] : '\0';
        if (which == 'x' && i + 2 < text.size() && digit_from(text[i + 1]) >= 0 && digit_from(text[i + 2]) >= 0) {
            bytes += static_cast<char>(digit_from(text[i + 1]) << 4 | digit_from(text[i + 2]));
            i += 2;
            continue;
        }
        constexpr std::string_view names = "nrt0\\", meant("\n\r\t\0\\", 5);
        const std::size_t known = which == '\0' ? names.npos : names.find(which);
        if (known == names.npos) return Failure{"after a \\ comes n, r, t, 0, \\, or x and two hexadecimal digits: \\\\ is the \\ itself"};
        bytes += meant[known];
    }
    return bytes;
}

Result<std::string> bytes_from_hex(std::string_view text) {
    std::string bytes;
    int half = -1;
    for (const char c : text) {
        if (c == ' ' && half < 0) continue;
        const int digit = digit_from(c);
        if (digit < 0) return Failure{"bytes are written as two hexadecimal digits each, as in: 48 65 6c 6c 6f"};
        if (half >= 0) bytes += static_cast<char>(half << 4 | digit);
        half = half >= 0 ? -1 : digit;
    }
    if (half >= 0) return Failure{"a digit is missing: bytes have two hexadecimal digits each, as in: 48 65 6c 6c 6f"};
    return bytes;
}

Result<std::string> bytes_of_file(const std::string& path) {
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "re"));
    const auto failed = [&] { return Failure{path + " cannot be read: " + strerror(errno)}; };
    if (!file) return failed();
    std::string bytes;
    char part[65536];
    for (std::size_t length = 0; (length = std::fread(part, 1, sizeof part, file.get())) > 0;) {
        bytes.append(part, length);
        if (bytes.size() > most_of_a_file) return Failure{path + " is longer than 64 MiB, the most that an endpoint sends at once"};
    }
    if (std::ferror(file.get())) return failed();
    return bytes;
}

Result<std::optional<std::uint64_t>> read_pace(std::string_view text) {
    if (text == "off") return std::optional<std::uint64_t>();
    std::uint64_t rate = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
    if (error != std::errc() || end != text.data() + text.size()) return Failure{"a pace is a number of bytes a second, or off, as in: slow 10"};
    return std::optional(rate);
}

}  // namespace ipcscope

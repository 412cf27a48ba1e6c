#include "app/commands/printing.h"

#include <unistd.h>

#include <cstdlib>

namespace ipcscope {

namespace {

bool wants_colour(std::FILE* stream) {
    const char* refusal = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return isatty(fileno(stream)) && !(refusal && *refusal) && terminal && std::string_view(terminal) != "dumb";
}

const char* code_of(Paint paint) {
    switch (paint) {
        case Paint::Bold:
            return "\x1b[1m";
        case Paint::Dim:
            return "\x1b[2m";
        case Paint::Green:
            return "\x1b[32m";
        case Paint::Red:
            return "\x1b[31m";
        case Paint::Yellow:
            return "\x1b[33m";
    }
    return "";
}

}  // namespace

Painter::Painter(std::FILE* stream) : is_on_(wants_colour(stream)) {}

std::string Painter::operator()(Paint paint, std::string_view text) const {
    return is_on_ ? code_of(paint) + std::string(text) + "\x1b[0m" : std::string(text);
}

void print_line(std::string_view line) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

int complain(std::string_view sentence, int status) {
    std::fprintf(stderr, "ipcscope: %.*s\n", static_cast<int>(sentence.size()), sentence.data());
    return status;
}

std::string counted(unsigned long long count, std::string_view word) {
    return std::to_string(count) + " " + std::string(word) + (count == 1 ? "" : "s");
}

}  // namespace ipcscope

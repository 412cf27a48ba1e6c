#include "app/commands/command_line.h"

#include <CLI/CLI.hpp>

#include "app/commands/commands.h"
#include "app/commands/printing.h"
#include "core/session/endpoint_order.h"
#include "core/trace/json.h"
#ifdef IPCSCOPE_HAS_WINDOW
#include "app/window/window.h"
#include "core/session/paths.h"
#endif

namespace ipcscope {

namespace {

#ifdef IPCSCOPE_HAS_WINDOW
int open_window(WindowOptions options) {
    const auto paths = find_paths();
    if (!paths) return complain(paths.sentence(), exit_failed);
    options.lessons_folder = paths->lessons;
    return run_window(options);
}
#endif

void add_lesson_options(CLI::App& command, LessonRunOptions& how) {
    command.add_flag("-y,--yes", how.is_trusted, "Run a lesson that did not come with ipcscope without asking");
    command.add_flag("--no-namespaces{false}", how.is_private, "Run in this machine's own namespaces, not in fresh ones");
    command.add_flag("--no-hosts{false}", how.has_wire, "Put the hosts of a lesson on the loopback, without a wire");
    command.add_option("--wrapper", how.wrapper)->group("");
}

void add_save_option(CLI::App& command, std::string& recording) {
    command.add_option("--save", recording, "Save a recording of it there, for `ipcscope export`");
}

// All commands, what they are given, and which one was chosen.
class CommandLine {
  public:
    CommandLine() {
        app_.set_version_flag("--version", "ipcscope " IPCSCOPE_VERSION);
        app_.footer(
            "Without a command: the window.\n\nExample:  ipcscope run pipe\n\nExit status: 0 success, 1 a failed goal or "
            "program, 2 wrong usage.");
        app_.require_subcommand(0, 1);
        add_list();
        add_run();
        add_check();
        add_compare();
        add_trace();
        add_endpoint();
        add_export();
        add_doctor();
#ifdef IPCSCOPE_HAS_WINDOW
        add_window();
#endif
    }

    int run(int argc, char** argv) {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app_.exit(error);
            return complain(std::string(error.what()) + "; `ipcscope --help` shows what there is", exit_usage);
        }
        if (chosen_) return chosen_();
#ifdef IPCSCOPE_HAS_WINDOW
        return open_window(window_);
#else
        return complain("this ipcscope was built without its window; `ipcscope run pipe` works without one", exit_usage);
#endif
    }

  private:
    void add_list() {
        CLI::App& command = *app_.add_subcommand("list", "Show all lessons");
        command.add_flag("--json", list_.is_json, "One JSON object a line");
        command.footer(std::string(list_schema) + "\nExample:  ipcscope list");
        command.callback([this] { chosen_ = [this] { return list_lessons(list_); }; });
    }

    void add_run() {
        CLI::App& command = *app_.add_subcommand("run", "Play a lesson here, without the window");
        command.add_option("LESSON", run_.lesson, "A lesson's name, or the path of its folder")->required();
        command.add_flag("--json", run_.is_json, "One JSON object a line");
        add_save_option(command, run_.recording);
        add_lesson_options(command, run_.how);
#ifdef IPCSCOPE_HAS_WINDOW
        add_picture_options(command, "--at");
        add_look_options(command);
#endif
        command.footer(
            "What it prints: each step, each call as it returned or fell asleep (✓: a goal of the lesson), the lesson's\n"
            "questions (?) and what the kernel answered (=).\n\n" +
            std::string(run_schema) + "\nExample:  ipcscope run pipe");
        command.callback([this] { chosen_ = [this] { return draws_picture() ? draw_lesson() : run_lesson(run_); }; });
    }

    void add_check() {
        CLI::App& command =
            *app_.add_subcommand("check", "Run lessons with all their what-ifs, and see that they say what is true");
        command.add_option("LESSON", check_.lessons, "Names, or paths of folders; all lessons if there are none");
        command.add_option("--times", check_.times, "How often")->check(CLI::Range(1, 1'000'000));
        add_lesson_options(command, check_.how);
        command.footer(
            "Exit status 1 if a goal was missed, a prediction fits nothing, or the kernel disagrees with the model.\n\n"
            "Example:  ipcscope check --times 10 pipe ./my-lesson");
        command.callback([this] { chosen_ = [this] { return check_lessons(check_); }; });
    }

    void add_compare() {
        CLI::App& command = *app_.add_subcommand("compare", "Measure a lesson's mechanisms side by side");
        command.add_option("LESSON", compare_.lesson, "A lesson's name, or the path of its folder")->required();
        command.add_option("--only", compare_.only, "Measure this program alone, as in --only pipe.c");
        command.add_option("--size", compare_.size, "Bytes a message; else each size that the lesson names")->check(CLI::Range(1, 65536));
        command.add_option("--count", compare_.count, "Messages a run; else as many as give a good figure")->check(CLI::Range(1, 100'000'000));
        command.add_option("--repetitions", compare_.repetitions, "Timed runs of each kind")->check(CLI::Range(1, 1000));
        command.add_flag("--any-processor{false}", compare_.has_one_processor, "Let the scheduler place both processes; else they share one");
        command.add_flag("--json", compare_.is_json, "One JSON object a line");
        add_lesson_options(command, compare_.how);
        command.footer(
            "The programs run free and unobserved. Latency is half a round trip; throughput is messages one behind the other. The\n"
            "calls are those of one message, put and taken, when nobody has to wait; copies are made by the kernel.\n\n" +
            std::string(compare_schema) + "\nExample:  ipcscope compare choose --size 4096");
        command.callback([this] { chosen_ = [this] { return compare_mechanisms(compare_); }; });
    }

    void add_trace() {
        CLI::App& command = *app_.add_subcommand("trace", "Run any program, and write down its calls");
        command.add_option("-o", trace_.output, "Write there, not to the standard error output");
        command.add_flag("--json", trace_.is_json, "One JSON object an event");
        add_save_option(command, trace_.recording);
        command.add_option("--endpoint", trace_.endpoint, "Hold a socket that the program can talk with: \"listen tcp 7000 echo\", or \"connect tcp 7000; say hello; half-close\"");
        command.add_option("COMMAND", trace_.command, "The program and its arguments, behind --")->required();
        command.positionals_at_end();
        command.footer(
            "The program keeps its own input and output and runs at its own speed; its exit status is passed on (128 and the\n"
            "signal's number if a signal ended it).\n\nWith --json: " +
            std::string(json_schema) + "\nExample:  ipcscope trace -o calls -- sort /etc/passwd");
        command.callback([this] { chosen_ = [this] { return trace_program(trace_); }; });
    }

    void add_endpoint() {
        CLI::App& command = *app_.add_subcommand("endpoint", "Hold a socket, and talk with a program by hand");
        command.add_option("VERB", endpoint_.verb, "listen or connect")->required()->check(CLI::IsMember({"listen", "connect"}));
        command.add_option("KIND", endpoint_.kind, "tcp, udp, unix or unix-datagrams")->required()->check(CLI::IsMember({"tcp", "udp", "unix", "unix-datagrams"}));
        command.add_option("ADDRESS", endpoint_.address, "7000, 127.0.0.1:7000, [::1]:7000; of UNIX sockets a path with a '/', or an abstract name")->required();
        command.add_flag("--echo", endpoint_.echoes, "Send back what arrives");
        command.add_option("--slow", endpoint_.pace, "Read so many bytes a second, into a small buffer; 0: nothing");
        command.add_flag("--anywhere", endpoint_.goes_anywhere, "Allow an address that other machines reach, without asking");
        command.add_flag("--json", endpoint_.is_json, "One JSON object an event");
        command.footer(
            "Lines that are typed are orders; what happens is printed with its time. At the end of the input each connection is\n"
            "half-closed, and all is over when the others have finished, too, or are silent for a second. Ctrl-C ends it at once.\n\nOrders:\n" +
            endpoint_order_help() + "  help              these lines\n\n" + std::string(endpoint_schema) + "\nExample:  ipcscope endpoint listen tcp 7000 --echo");
        command.callback([this] { chosen_ = [this] { return run_endpoint(endpoint_); }; });
    }

    void add_export() {
        CLI::App& command = *app_.add_subcommand("export", "Write a recording's packets as pcapng, for Wireshark and its like");
        command.add_option("RECORDING", export_.recording, "What `ipcscope run LESSON --save FILE` has saved")->required();
        command.add_option("-o", export_.output, "The file to write")->required();
        command.footer(
            "One interface a host; beside each packet stands who caused it and what became of it.\n\n"
            "Example:  ipcscope run tcp-life --save life.ipcscope && ipcscope export life.ipcscope -o life.pcapng");
        command.callback([this] { chosen_ = [this] { return export_recording(export_); }; });
    }

    void add_doctor() {
        CLI::App& command = *app_.add_subcommand("doctor", "Say what this machine allows, and what is lost without it");
        command.add_flag("--json", doctor_.is_json, "One JSON object a line");
        command.footer(std::string(doctor_schema) + "\nExample:  ipcscope doctor");
        command.callback([this] { chosen_ = [this] { return examine(doctor_); }; });
    }

    CLI::App app_{"An oscilloscope for inter-process communication: real programs, one call at a time.", "ipcscope"};
    ListOptions list_;
    RunOptions run_;
    CheckCommandOptions check_;
    CompareOptions compare_;
    TraceOptions trace_;
    EndpointOptions endpoint_;
    ExportOptions export_;
    DoctorOptions doctor_;
    std::function<int()> chosen_;

#ifdef IPCSCOPE_HAS_WINDOW
    void add_window() {
        app_.add_option("--lesson", window_.lesson, "Open this lesson at once");
        app_.add_option("--bench-frames", window_.bench_frames)->group("");  // says how long a frame takes
        add_picture_options(app_, "--step");
        add_look_options(app_);
    }

    void add_picture_options(CLI::App& command, const std::string& step) {
        const auto in_group = [](CLI::Option* option) { option->group("Pictures"); };
        in_group(command.add_option("--picture", window_.picture, "Draw into this PNG, without a window on the screen, and end"));
        in_group(command.add_option(step, window_.at_step, "The step to draw, from 1"));
        in_group(command.add_option("--goal", window_.at_goal, "After how many of its goals; 0: all"));
        in_group(command.add_flag("--answered", window_.show_predictions_answered, "With the predictions answered"));
        in_group(command.add_option("--compared", window_.compared_size, "With the comparison, measured with messages of so many bytes; 0: not measured")
                     ->check(CLI::Range(0, 65536)));
        in_group(command.add_flag("--full", window_.is_full, "The comparison over the whole window"));
        in_group(command.add_option("--width", window_.width, "In logical pixels"));
        in_group(command.add_option("--height", window_.height, "In logical pixels"));
    }

    void add_look_options(CLI::App& command) {
        command.add_option("--theme", window_.theme, "light or dark")
            ->transform(CLI::CheckedTransformer(std::map<std::string, int>{{"light", 0}, {"dark", 1}}));
        command.add_flag("--still", window_.is_still, "Nothing moves: what has changed stands there at once");
        command.add_option("--text", window_.text_scale, "Size of the text: 0.8 to 2.5")->check(CLI::Range(0.8, 2.5));
    }

    bool draws_picture() const { return !window_.picture.empty(); }
    int draw_lesson() {
        window_.lesson = run_.lesson;
        window_.is_trusted = run_.how.is_trusted;
        return open_window(window_);
    }
    WindowOptions window_;
#else
    bool draws_picture() const { return false; }
    int draw_lesson() { return exit_usage; }
#endif
};

}  // namespace

int run_command_line(int argc, char** argv) {
    return CommandLine().run(argc, argv);
}

}  // namespace ipcscope

// The start of a run: its directory, its socket, its terminal, its keeper, its first program.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <map>

#include "core/session/impl.h"
#include "core/session/paths.h"

namespace ipcscope {
namespace {

using Environment = std::map<std::string, std::string>;

Environment environment_for(const Launch& launch) {
    Environment environment;
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text(*entry);
        const std::size_t middle = text.find('=');
        if (middle != std::string_view::npos) environment[std::string(text.substr(0, middle))] = text.substr(middle + 1);
    }
    for (const auto& [name, value] : launch.environment) environment[name] = value;
    return environment;
}

// What makes the program load the probe, and the probe find us.
Environment probe_environment(const Paths& paths, const Environment& environment, const std::string& socket, bool sees_inside) {
    const auto other = environment.find("LD_PRELOAD");
    const bool is_alone = other == environment.end() || other->second.empty();
    return {{"LD_PRELOAD", is_alone ? paths.probe : paths.probe + ":" + other->second}, {socket_variable, socket}, {"IPCSCOPE_INSIDE", sees_inside ? "1" : "0"}};
}

// As execvp looks for it.
Result<std::string> find_program(const std::string& name, const Environment& environment) {
    if (name.find('/') != std::string::npos) return name;
    const auto path = environment.find("PATH");
    std::string_view folders = path == environment.end() ? "/bin:/usr/bin" : std::string_view(path->second);
    while (!name.empty() && !folders.empty()) {
        const std::size_t end = std::min(folders.find(':'), folders.size());
        const std::string candidate = (end == 0 ? "." : std::string(folders.substr(0, end))) + "/" + name;
        if (access(candidate.c_str(), X_OK) == 0) return candidate;
        folders.remove_prefix(std::min(end + 1, folders.size()));
    }
    return Failure{name + " cannot be started: there is no such program in PATH"};
}

}  // namespace

void Session::Impl::tell_refused(int error) {
    out.note(std::string("This machine does not give the programs namespaces of their own (") + strerror(error) +
             "): their pids are those of the machine, and differ from run to run.");
}

Result<Keeper::Orders> Session::Impl::orders_for(const Paths& paths, int slave, const std::vector<std::string>& argv) const {
    Keeper::Orders orders;
    orders.keeper = paths.keeper;
    orders.run_directory = directory->path();
    orders.is_private = launch.is_private;
    orders.has_own_network = launch.has_own_network;
    orders.directory = launch.directory;
    if (launch.has_own_directory) {
        const Result<std::string> files = directory->make_files();
        if (!files) return files.failure();
        orders.directory = *files;
    }
    orders.terminal = slave;
    Environment environment = environment_for(launch);
    const Environment probe = probe_environment(paths, environment, directory->socket_path(), launch.sees_inside);
    if (launch.wrapper.empty()) {
        for (const auto& [name, value] : probe) environment[name] = value;
    } else {
        // The wrapper stays unobserved: env(1) stands between it and the program.
        orders.argv = launch.wrapper;
        orders.argv.push_back("env");
        for (const auto& [name, value] : probe) orders.argv.push_back(name + "=" + value);
    }
    orders.argv.insert(orders.argv.end(), argv.begin(), argv.end());
    for (const auto& [name, value] : environment) orders.environment.push_back(name + "=" + value);
    Result<std::string> program = find_program(orders.argv[0], environment);
    if (!program) return program.failure();
    orders.program = *program;
    return orders;
}

Result<void> Session::Impl::launch_program() {
    const Result<Paths> paths = find_paths();
    if (!paths) return paths.failure();
    Result<RunDirectory> made = RunDirectory::make();
    if (!made) return made.failure();
    directory.emplace(std::move(*made));
    kept.push_back(std::make_unique<Kept>());
    facts.emplace(population, out, collector.ipc_objects(), kept[0]->keeper, directory->socket_path());
    population.find_descriptors = [this](ObservedProcess& process) { facts->find_descriptors(process); };

    Result<UniqueFd> listener = Welcome::open(directory->socket_path());
    if (!listener) return listener.failure();
    UniqueFd slave;
    if (launch.has_terminal) {
        Result<UniqueFd> master = Terminal::open(slave);
        if (!master) return master.failure();
        terminal.emplace(io, std::move(*master), out);
    }
    const Result<Keeper::Orders> orders = orders_for(*paths, slave.get(), launch.hosts.empty() ? launch.argv : launch.hosts[0].argv);
    if (!orders) return orders.failure();
    if (const Result<void> launched = launch.hosts.empty() ? launch_one(*orders) : launch_hosts(*orders); !launched) return launched;
    std::vector<Keeper*> keepers;
    for (const auto& one : kept) {
        keepers.push_back(&one->keeper);
        one->control.emplace(io, fcntl(one->keeper.control(), F_DUPFD_CLOEXEC, 0));
        listen_to(*one);
        quiescence.add_reaper(one->keeper.reaper());
    }
    facts->ask_of_sockets(std::move(keepers), has_wire);
    welcome.emplace(io, std::move(*listener), [this](const Hello& hello, pid_t pid_here) { return answer_hello(hello, pid_here); });
    return {};
}

Result<void> Session::Impl::launch_one(const Keeper::Orders& orders) {
    Result<Keeper::Started> started = kept[0]->keeper.start(orders);
    if (!started) return started.failure();
    is_private = started->refused == 0;
    if (started->refused > 0) tell_refused(started->refused);
    if (launch.wrapper.empty())
        population.adopt(started->pid_here, std::move(started->pidfd));
    else
        population.ignore(started->pid_here);
    return {};
}

}  // namespace ipcscope

using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using KioskFleet.Benchmarks.Encodings;

// In this process: a generated project would not know this tree's central packages and artifacts path.
var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
EncodingSizes.Print(Console.Out);
BenchmarkSwitcher.FromAssembly(typeof(EncodingSizes).Assembly)
    .Run(args, DefaultConfig.Instance.AddJob(job).WithOptions(ConfigOptions.DisableOptimizationsValidator));

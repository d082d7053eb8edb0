using System.Globalization;
using Xunit.Abstractions;

namespace HaLvs.Forwarder.Tests.Fuzz;

/// <summary>
/// Runs <see cref="PacketFuzzer"/> for HALVS_FUZZ_SECONDS (at most four hours; without it 150,000 inputs, the same every time):
/// nothing throws, nothing outside a frame is touched, what leaves has
/// right checksums and no inside address, the table stays whole and empties. HALVS_FUZZ_SEED repeats a run; a failure names seed and bytes.
/// HALVS_FUZZ_REPORT names a file for the progress of a long run.
/// </summary>
public sealed class PacketFuzzTests(ITestOutputHelper output)
{
    private const int MostSeconds = 4 * 3600;
    private const long OrdinaryInputs = 150_000;

    [Fact]
    public void Process_MutatedConversations_EveryPropertyHolds()
    {
        int seed = Number("HALVS_FUZZ_SEED", 20260101);
        int seconds = Number("HALVS_FUZZ_SECONDS", 0);
        long milliseconds = Math.Clamp(seconds, 0, MostSeconds) * 1000L;
        PacketFuzzer fuzzer = new(seed);
        long began = Environment.TickCount64;
        long reportAt = began + 60_000;
        while (seconds > 0 ? Environment.TickCount64 - began < milliseconds : fuzzer.Inputs < OrdinaryInputs)
        {
            for (int i = 0; i < 500; i++)
            {
                fuzzer.Step();
            }

            if (Environment.TickCount64 > reportAt)
            {
                Report(fuzzer, seed, Environment.TickCount64 - began);
                reportAt += 60_000;
            }
        }

        fuzzer.EndWorld();
        Report(fuzzer, seed, Environment.TickCount64 - began);
        Assert.True(fuzzer.Connections > 100, "The fuzzer never got through to a connection.");
        Assert.True(fuzzer.ChecksumsVerified > 1000, "No checksum was verified.");
    }

    private static int Number(string name, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(name) ?? otherwise.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private void Report(PacketFuzzer fuzzer, int seed, long milliseconds)
    {
        string text = string.Create(CultureInfo.InvariantCulture,
            $"HALVS_FUZZ_SEED={seed}: {fuzzer.Inputs} inputs in {milliseconds / 1000.0:F0} s ({fuzzer.Inputs * 1000 / Math.Max(milliseconds, 1)}/s), {fuzzer.Worlds} worlds, {fuzzer.Behaviours} behaviours, {fuzzer.Kept} in the corpus; {fuzzer.Emitted} packets left and {fuzzer.SentBesides} besides, {fuzzer.ChecksumsVerified} checksums verified, {fuzzer.Connections} connections; dropped {string.Join(", ", fuzzer.Drops.Select(d => $"{d.Reason} {d.Count}"))}; crashes 0");
        output.WriteLine(text);
        if (Environment.GetEnvironmentVariable("HALVS_FUZZ_REPORT") is { Length: > 0 } file)
        {
            File.AppendAllText(file, text + "\n");
        }
    }
}

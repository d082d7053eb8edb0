using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using HaLvs.Director.Commands.Documents;
using HaLvs.Director.Control;

namespace HaLvs.Director.Commands;

/// <summary>Long work at the terminal: progress on stderr as it happens, the outcome at the end, the exit code by it.</summary>
internal static class OutcomeOutput
{
    public static async Task<int> RunAsync(ParseResult parsed, string verb, bool json, Func<Action<string>, Task<OperationOutcome>> work)
    {
        long start = Stopwatch.GetTimestamp();
        TextWriter error = parsed.InvocationConfiguration.Error;
        OperationOutcome outcome = await work(line => error.WriteLine($"{verb}: {line}"));
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (json)
        {
            OutcomeDocument document = new(verb, outcome.Done, outcome.Text, milliseconds);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(document, DocumentContext.Readable.OutcomeDocument));
        }

        if (outcome.Done && !json)
        {
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{outcome.Text} ({ElapsedText.Fine(milliseconds)})");
        }

        if (!outcome.Done)
        {
            await error.WriteLineAsync($"halvs: {verb} failed: {outcome.Text}");
        }

        return outcome.Done ? ExitCode.Done : ExitCode.Failed;
    }
}

export default function Home() {
  return <h1>welcome</h1>;
}
